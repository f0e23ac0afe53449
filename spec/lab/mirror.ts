/** Where Debian's packages come from: this machine's own sources, or KPLAY_DEBIAN_MIRROR where it has none of that release. */
import { run } from './command.ts';

/** The Debian releases a lab can be of: 12, whose source has Kubernetes, and 13. */
export type Suite = 'bookworm' | 'trixie';
export const suite: Suite = 'bookworm';

export interface Mirrors {
  readonly packages: string;
  readonly security: string;
}

/** @throws Error when nothing says where the release is to be had. */
export async function debianMirrors(wanted: Suite = suite): Promise<Mirrors> {
  const told = await run(['apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages']);
  const sources = told.split('\n').map((line) => line.split(' '));
  const of = (release: string) => sources.find(([, name]) => name === release)?.[0]?.replace(/\/$/, '');
  // A mirror that has this machine's release has the others.
  const packages = process.env['KPLAY_DEBIAN_MIRROR'] ?? of(wanted) ?? of(suite);
  if (!packages) {
    throw new Error(
      `no source of Debian ${wanted} is set up for apt here: name a mirror by KPLAY_DEBIAN_MIRROR=http://…`,
    );
  }
  return { packages, security: of(`${wanted}-security`) ?? of(`${suite}-security`) ?? `${packages}-security` };
}
