/** `unredirected_headers`: what another host must not be told when the first one sends on to it. */
import { ModuleFailure } from '../../target/failure.ts';

/** Credentials stay with the host they were given for anyway. @throws ModuleFailure for headers that would go along. */
export function refuseUnredirected(names: readonly string[]): void {
  const others = names.filter((name) => !/^(?:authorization|cookie)$/i.test(name.trim()));
  if (others.length > 0)
    throw new ModuleFailure(
      `unredirected_headers: ${others.join(', ')} would go along with a redirect: name the URL that it leads to`,
    );
}
