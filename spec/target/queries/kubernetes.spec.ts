/** The scripts run against a kubectl that is a shell script: what it is given, and what is made of what it says. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  appliedKind,
  type KubernetesObject,
  objectKind,
  patchedKind,
} from '../../../engine/target/queries/kubernetes.ts';
import { askHere, shells } from './run-query.ts';

const object = (name: string, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  data: { text: `it's ${name}` },
});

for (const shell of shells) {
  describe(`kubectl, asked by ${shell.join(' ')}`, () => {
    let folder: string;
    let kubectl: string;
    /** Each call is noted, with its stdin; `body` is what kubectl does then. */
    const says = (body: string) => {
      writeFileSync(
        kubectl,
        `#!/bin/sh\nin=$(case " $* " in *" --raw "*) ;; *) cat;; esac)\nprintf '%s\\n%s\\n' "$*" "$in" >>${folder}/calls\n${body}\n`,
      );
      chmodSync(kubectl, 0o755);
    };
    const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    const key = (one: KubernetesObject) => ({ access: { kubectl }, object: one });

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kplay-kubectl-'));
      kubectl = join(folder, 'kubectl');
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('asks for all objects at once, by their names alone', () => {
      says(`echo '${JSON.stringify({ kind: 'List', items: [object('b', 'x')] }).replaceAll("'", "'\\''")}'`);
      const answers = askHere(objectKind, [key(object('a')), key(object('b', 'x'))], shell);
      expect(answers).to.deep.equal([undefined, object('b', 'x')]);
      expect(calls()).to.deep.equal([
        '--cache-dir=/dev/null --request-timeout=30s get -f - --ignore-not-found -o json',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"x"}}',
      ]);
    });

    it('asks for each alone where one is refused, and says why', () => {
      says(`case "$* $in" in
  *--raw*) exit 0 ;;
  *'"name":"a"'*) echo 'Warning: old' >&2; echo 'error: error when creating "STDIN": no such thing' >&2; exit 1 ;;
  *) printf '%s' "$in" ;;
esac`);
      const [a, b] = askHere(
        appliedKind,
        [object('a'), object('b')].map((one) => ({ ...key(one), options: ['--server-side'] })),
        shell,
      );
      expect(a).to.be.an('error').with.property('message', 'ConfigMap a: error: no such thing');
      expect(b).to.deep.equal(object('b'));
      expect(calls().filter((line) => line.startsWith('--'))).to.deep.equal([
        '--cache-dir=/dev/null --request-timeout=30s apply -f - --dry-run=server -o json --server-side',
        '--cache-dir=/dev/null --request-timeout=30s get --raw /version',
        '--cache-dir=/dev/null --request-timeout=30s apply -f - --dry-run=server -o json --server-side',
        '--cache-dir=/dev/null --request-timeout=30s apply -f - --dry-run=server -o json --server-side',
      ]);
    });

    it('asks no more of a server that does not answer', () => {
      says('echo "The connection to the server 127.0.0.1:6443 was refused" >&2; exit 1');
      const answers = askHere(objectKind, [key(object('a')), key(object('b'))], shell);
      expect(answers.map(String)).to.deep.equal([
        'Error: ConfigMap a: The connection to the server 127.0.0.1:6443 was refused',
        'Error: ConfigMap b: The connection to the server 127.0.0.1:6443 was refused',
      ]);
      expect(calls().filter((line) => line.startsWith('--'))).to.have.length(2);
    });

    it('takes an object of an unknown kind for absent', () => {
      says('echo \'unable to recognize "STDIN": no matches for kind "Shop" in version "example.com/v1"\' >&2; exit 1');
      expect(askHere(objectKind, [key(object('a'))], shell)).to.deep.equal([undefined]);
    });

    it('says what is missing on a host without kubectl', () => {
      const [answer] = askHere(objectKind, [key(object('a'))], shell);
      expect(String(answer)).to.equal(`Error: ConfigMap a: ${kubectl} was not found on this host`);
    });

    it('patches with the next kind of merge where the server does not have the first', () => {
      says(`case $* in
  *--type=strategic*) echo 'Error from server (UnsupportedMediaType): no' >&2; exit 1 ;;
  *) printf '%s' "$in" ;;
esac`);
      const [answer] = askHere(patchedKind, [{ ...key(object('a', 'x')), types: ['strategic', 'merge'] }], shell);
      expect(answer).to.deep.equal(object('a', 'x'));
      expect(calls()[2]).to.equal(
        '--cache-dir=/dev/null --request-timeout=30s patch ConfigMap.v1. a --namespace=x --type=merge --patch-file=/dev/stdin -o json --dry-run=server',
      );
    });

    it('tells what cannot be patched from what is not there', () => {
      says(
        `case $* in *' a '*) echo 'Error from server (NotFound): gone' >&2 ;; *) echo 'error: forbidden' >&2 ;; esac; exit 1`,
      );
      const [a, b] = askHere(
        patchedKind,
        [object('a'), object('b')].map((one) => ({ ...key(one), types: ['merge'] })),
        shell,
      );
      expect(a).to.equal(undefined);
      expect(String(b)).to.equal('Error: ConfigMap b: error: forbidden');
    });
  });
}
