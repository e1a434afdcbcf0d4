import type { DeviceRequestView, DeviceView } from '@sluice/contract';
import { useState } from 'react';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { DialogForm } from '../design/dialog-form.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextAreaField } from '../design/field.tsx';
import { Notice } from '../design/notice.tsx';
import { Ago } from '../design/time.tsx';
import { Worded } from '../design/worded.tsx';
import { useDeviceRequests, useDevices, useRevokeDevice, useVouch } from '../relay/access.ts';
import { Failure } from '../relay/failure.tsx';
import { useSelf } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { Loading, Lost } from './who-sees.tsx';

/** The viewer's signing devices, and others' that wait for somebody's word. */
export function Devices() {
  const words = WORDS.access.devices;
  const { data: self } = useSelf();
  const devices = useDevices();
  const requests = useDeviceRequests(self?.may.revoke === true);
  const revoke = useRevokeDevice();
  const vouch = useVouch();
  const [revoking, setRevoking] = useState<DeviceView | null>(null);
  const [vouching, setVouching] = useState<DeviceRequestView | null>(null);
  if (devices.isPending) return <Loading />;
  if (devices.data === undefined) return <Lost error={devices.error} retry={() => void devices.refetch()} />;
  return (
    <>
      <h1>{words.lead(devices.data.filter(({ revokedAt }) => revokedAt === null).length)}</h1>
      {revoke.isError && <Failure error={revoke.error} title={words.failed} />}
      {vouch.isError && <Failure error={vouch.error} title={words.vouchFailed} />}
      {devices.data.length === 0 && (
        <Notice title={words.empty}>
          <Worded text={words.emptyAdvice} />
        </Notice>
      )}
      {devices.data.length > 0 && (
        <ul className="rows" aria-label={words.own}>
          {devices.data.map((device) => (
            <li className="row" key={device.key}>
              <div className="row-head">
                <h3 dir="auto">{device.name}</h3>
                <Badge means={device.revokedAt === null ? 'agreed' : 'neutral'}>
                  {device.revokedAt === null ? words.inUse : words.revoked}
                </Badge>
              </div>
              <p className="row-more">
                {words.enrolled} <Ago at={device.enrolledAt} />
                {device.revokedAt !== null && (
                  <>
                    , {words.revoked} <Ago at={device.revokedAt} />
                  </>
                )}
              </p>
              {device.revokedAt === null && (
                <div className="row-button">
                  <Button look="danger" onClick={() => setRevoking(device)}>
                    {words.revoke}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {requests.isError && <Failure error={requests.error} />}
      {(requests.data?.length ?? 0) > 0 && (
        <>
          <h2>{words.waiting}</h2>
          <ul className="rows" aria-label={words.waiting}>
            {requests.data?.map((request) => (
              <li className="row" key={request.id}>
                <div className="row-head">
                  <h3 dir="auto">
                    {request.owner.name}: {request.name}
                  </h3>
                  <Ago at={request.askedAt} />
                </div>
                <p>
                  {words.fingerprint} <code className="fingerprint">{request.fingerprint}</code>
                </p>
                <p className="row-more">{words.compare}</p>
                <div className="row-button">
                  <Button onClick={() => setVouching(request)}>{words.vouch}</Button>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      <Dialog
        title={words.revokeTitle(revoking?.name ?? '')}
        isOpen={revoking !== null}
        onClose={() => setRevoking(null)}
      >
        <DialogForm
          does={words.confirm}
          look="danger"
          onBack={() => setRevoking(null)}
          onSubmit={() => {
            if (revoking !== null) revoke.mutate(revoking.key);
            setRevoking(null);
          }}
        >
          <p>{words.revokeWhat}</p>
        </DialogForm>
      </Dialog>
      <Dialog
        title={words.vouchTitle(vouching?.owner.name ?? '')}
        isOpen={vouching !== null}
        onClose={() => setVouching(null)}
      >
        {vouching !== null && (
          <VouchForm
            request={vouching}
            onCancel={() => setVouching(null)}
            onVouch={(comment) => {
              setVouching(null);
              vouch.mutate({ id: vouching.id, comment });
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function VouchForm({
  request,
  onCancel,
  onVouch,
}: {
  readonly request: DeviceRequestView;
  readonly onCancel: () => void;
  readonly onVouch: (comment: string) => void;
}) {
  const words = WORDS.access.devices;
  const [comment, setComment] = useState('');
  return (
    <DialogForm does={words.confirmVouch} onBack={onCancel} onSubmit={() => onVouch(comment.trim())}>
      <code className="fingerprint">{request.fingerprint}</code>
      <TextAreaField
        label={words.comment}
        hint={words.compare}
        rows={3}
        maxLength={4_000}
        isRequired
        value={comment}
        onChange={setComment}
      />
    </DialogForm>
  );
}
