/** The connection room as the run wants it; ssh and its kin are loaded when the first host is connected. */
import { isKplayError } from '../errors.ts';
import type { Wiring } from '../run/machines.ts';
import { ModuleFailure } from '../target/failure.ts';

export const wiring: Wiring = {
  async connect(settings) {
    const { connect } = await import('../connection/connect.ts');
    return connect(settings);
  },
  async openShell(connection, options) {
    const { openShell } = await import('../connection/shell.ts');
    return openShell(connection, options);
  },
  async upload(connection, path, source, options) {
    const { upload } = await import('../connection/upload.ts');
    await upload(connection, path, Buffer.isBuffer(source) ? source : source.stream(), options).catch(hostsOwnWords);
  },
  async *download(connection, path, options) {
    const { download } = await import('../connection/upload.ts');
    const stream = await download(connection, path, options).catch(hostsOwnWords);
    try {
      yield* stream as AsyncIterable<Buffer>;
    } catch (error) {
      hostsOwnWords(error);
    }
  },
};

/** What the host refuses is the task's failure; a lost link stays what it is. */
function hostsOwnWords(error: unknown): never {
  if (error instanceof Error && error.name === 'TransferError' && !isKplayError(error))
    throw new ModuleFailure(error.message, {}, { cause: error });
  throw error;
}
