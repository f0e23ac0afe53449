/** What the modules about Kubernetes have in common: how the API is reached, and what is waited for. */
import type { Access } from '../../target/queries/kubernetes.ts';
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';

export const accessArgs = {
  kubectl: { type: 'path', default: 'kubectl', description: 'kubectl on the host, 1.20 or later' },
  kubeconfig: { type: 'path', description: 'a kubeconfig on the host; what kubectl takes by itself unless told' },
  context: { description: 'a context of the kubeconfig; its current one unless told' },
} as const satisfies ArgsLiteral;

export const waitArgs = {
  wait: { type: 'bool', default: false, description: 'wait until the objects are ready, or gone' },
  wait_timeout: { type: 'int', default: 120, description: 'seconds to wait at most' },
  wait_sleep: { type: 'int', default: 5, description: 'seconds between two looks' },
  wait_condition: {
    type: 'dict',
    options: {
      type: { required: true, description: 'the type of a condition in the status' },
      status: { type: 'raw', default: 'True', description: 'what it must be: True, False or Unknown' },
      reason: { description: 'its reason' },
    },
    description: 'what to wait for, instead of what ready means for the kind of object',
  },
} as const satisfies ArgsLiteral;

export type WaitArgs = ArgsOf<typeof waitArgs>;

export function accessOf({ kubectl, kubeconfig, context }: ArgsOf<typeof accessArgs>): Access {
  return { kubectl, kubeconfig, context };
}
