/** What a long step needs from whoever started it: where to tell how far it is, and when to stop. */
export interface Progress {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Lines such as `[ 12 s] building kube-apiserver (2/7)`, on stderr, counted from now. */
export function timedLog(write: (text: string) => void = (text) => process.stderr.write(text)): (line: string) => void {
  const start = performance.now();
  return (line) => {
    const seconds = Math.floor((performance.now() - start) / 1000);
    write(`[${String(seconds).padStart(3)} s] ${line}\n`);
  };
}
