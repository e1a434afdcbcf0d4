import type { ApprovalDecision, ApprovalView } from '@sluice/contract';
import { useState } from 'react';
import { DialogForm } from '../design/dialog-form.tsx';
import { Dialog } from '../design/dialog.tsx';
import { NumberField, TextAreaField } from '../design/field.tsx';
import { Timed } from '../design/time.tsx';
import { WORDS } from '../words.ts';

/** A decision before it is sent. */
export interface Draft extends Pick<
  ApprovalDecision,
  'verdict' | 'comment' | 'proposal' | 'mostRows' | 'grantSeconds' | 'grantRows'
> {
  readonly kind: 'approve' | 'deny' | 'grant' | 'propose';
}

export interface DecisionDialogProps {
  readonly view: ApprovalView;
  /** Null while nothing is decided. */
  readonly kind: Draft['kind'] | null;
  readonly onCancel: () => void;
  readonly onDecide: (draft: Omit<Draft, 'kind'>) => void;
}

/** The second step of a decision: what exactly is decided, with a comment. */
export function DecisionDialog({ view, kind, onCancel, onDecide }: DecisionDialogProps) {
  return (
    <Dialog title={kind === null ? '' : titleOf(kind)} isOpen={kind !== null} onClose={onCancel}>
      {kind !== null && <Form key={kind} view={view} kind={kind} onCancel={onCancel} onDecide={onDecide} />}
    </Dialog>
  );
}

function Form({ view, kind, onCancel, onDecide }: DecisionDialogProps & { readonly kind: Draft['kind'] }) {
  const grant = view.kind === 'statement' ? view.grant : null;
  const upTo = Math.floor(view.terms.grantUpTo / 60);
  const [comment, setComment] = useState('');
  const [proposal, setProposal] = useState(view.sql);
  const [minutes, setMinutes] = useState(Math.min(30, upTo));
  const [rows, setRows] = useState(grant?.rows ?? grant?.rowsUpTo ?? 1);
  const [rowsInAll, setRowsInAll] = useState(grant?.rowsInAll ?? grant?.rowsUpTo ?? 1);
  const submit = () => {
    onDecide({
      verdict: kind === 'approve' || kind === 'grant' ? 'approve' : 'deny',
      comment,
      proposal: kind === 'propose' ? proposal : null,
      mostRows: kind === 'grant' ? rows : null,
      grantSeconds: kind === 'grant' ? minutes * 60 : null,
      grantRows: kind === 'grant' ? rowsInAll : null,
    });
  };
  return (
    <DialogForm
      does={buttonOf(kind, view)}
      look={kind === 'approve' || kind === 'grant' ? 'primary' : 'danger'}
      onBack={onCancel}
      onSubmit={submit}
    >
      <p>{view.summary.sentence}</p>
      {kind === 'grant' && grant !== null && (
        <>
          <ul className="sentences">
            {grant.covers.map((sentence) => (
              <li key={sentence}>
                <Timed text={sentence} />
              </li>
            ))}
          </ul>
          <NumberField
            label={WORDS.decide.minutes}
            hint={WORDS.decide.upTo(upTo)}
            min={1}
            max={upTo}
            value={minutes}
            onChange={setMinutes}
          />
          <NumberField
            label={WORDS.decide.rowsEach}
            min={0}
            max={grant.rowsUpTo}
            value={rows}
            onChange={setRows}
          />
          <NumberField
            label={WORDS.decide.rowsAll}
            min={1}
            max={grant.rowsUpTo}
            value={rowsInAll}
            onChange={setRowsInAll}
          />
        </>
      )}
      {kind === 'propose' && (
        <TextAreaField
          label={WORDS.decide.proposal}
          hint={WORDS.decide.proposalHint}
          rows={8}
          isCode
          isRequired
          value={proposal}
          onChange={setProposal}
        />
      )}
      <TextAreaField
        label={kind === 'deny' ? WORDS.decide.denyReason : WORDS.decide.commentLabel}
        hint={kind === 'deny' ? WORDS.decide.denyHint : WORDS.decide.commentHint}
        rows={3}
        maxLength={4_000}
        isRequired={kind === 'deny'}
        value={comment}
        onChange={setComment}
      />
    </DialogForm>
  );
}

function titleOf(kind: Draft['kind']): string {
  switch (kind) {
    case 'approve':
      return WORDS.decide.approve;
    case 'deny':
      return WORDS.decide.denyTitle;
    case 'grant':
      return WORDS.decide.grantTitle;
    case 'propose':
      return WORDS.decide.proposeTitle;
    default:
      return kind satisfies never;
  }
}

function buttonOf(kind: Draft['kind'], view: ApprovalView): string {
  if (kind === 'deny' || kind === 'propose') return WORDS.decide.deny;
  if (kind === 'grant') return WORDS.decide.grant;
  return view.kind === 'access' ? WORDS.decide.approveAccess : WORDS.decide.approve;
}
