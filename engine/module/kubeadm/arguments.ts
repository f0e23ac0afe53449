/** The arguments that kubeadm's modules share. */
import type { ArgsLiteral } from '../arguments.ts';

export const adminKubeconfig = '/etc/kubernetes/admin.conf';

export const configArgs = {
  config: {
    type: 'list',
    elements: 'dict',
    description:
      "kubeadm's configuration as documents; it exists on the host only while kubeadm runs, readable by root alone",
  },
  config_file: { type: 'path', description: 'or a file on the host, handed over as it is' },
} as const satisfies ArgsLiteral;

export const phaseArgs = {
  patches: {
    type: 'path',
    description: 'a folder on the host with patches for static pods; from kubeadm 1.19 on',
  },
  skip_phases: { type: 'list', elements: 'str', default: [], description: 'phases that are left out' },
  ignore_preflight_errors: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'preflight checks whose errors are only warnings',
  },
} as const satisfies ArgsLiteral;

export const kubeconfigArg = {
  kubeconfig: { type: 'path', default: adminKubeconfig, description: 'with which the API is asked' },
} as const satisfies ArgsLiteral;
