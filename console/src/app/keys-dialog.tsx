import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { WORDS } from '../words.ts';

export function KeysDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog title={WORDS.keys.title} isOpen={isOpen} onClose={onClose}>
      <dl className="facts">
        {WORDS.keys.list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-end">
        <Button onClick={onClose}>{WORDS.keys.close}</Button>
      </div>
    </Dialog>
  );
}
