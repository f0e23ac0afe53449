/** Streams through the API that are silent for a while, as a person's shell is: they must still be there afterwards. */
import { expect } from 'chai';
import type { Finished } from '../lab/command.ts';
import type { LabHost } from '../lab/lab.ts';

/** A pod that echoes on port 9000, and logs what is written into /tmp/said. */
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'idle', namespace: 'default' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'idle',
        image: 'kplay.example/busybox:1.35',
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', 'nc -ll -p 9000 -e cat & mkfifo /tmp/said; while :; do cat /tmp/said; done'],
      },
    ],
  },
};

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';

/**
 * Opens exec, `logs -f` and port-forward from a host of the control plane by its administrator's kubeconfig, all at once; nothing
 * passes for that many seconds, then something does. Answers with what came through each.
 */
export async function idleStreams(master: LabHost, seconds: number): Promise<Readonly<Record<string, string>>> {
  await told(master, `${kubectl} apply -f - <<'POD'\n${JSON.stringify(pod)}\nPOD\n`);
  await told(master, `${kubectl} wait pod/idle --for=condition=Ready --timeout=60s`);
  try {
    const streams = {
      exec: `(sleep ${seconds}; echo still here) | ${kubectl} exec -i idle -- cat`,
      'logs -f': `timeout ${seconds + 10} ${kubectl} logs -f idle & sleep ${seconds}; ${kubectl} exec idle -- sh -c 'echo still here > /tmp/said'; sleep 3`,
      'port-forward': `${kubectl} port-forward pod/idle 19000:9000 > /dev/null & forward=$!
        sleep 5; (sleep ${seconds}; echo still here; sleep 1) | nc -N 127.0.0.1 19000; kill $forward`,
    };
    const said = await Promise.all(
      Object.entries(streams).map(async ([name, script]) => [name, textOf(await master.exec(script))] as const),
    );
    return Object.fromEntries(said);
  } finally {
    await told(master, `${kubectl} delete pod idle`);
  }
}

const textOf = ({ stdout, stderr }: Finished): string => `${stdout}${stderr}`.trim();

async function told(host: LabHost, script: string): Promise<void> {
  const { code, stdout, stderr } = await host.exec(script);
  expect(code, `${script}\n${stdout}${stderr}`).to.equal(0);
}
