import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { aptReachability, ensureBase, layers, unpackLayers } from './base.ts';
import { attempt, quote, run, runScript } from './command.ts';
import { suite } from './mirror.ts';
import { cache, checkout, disk, recipeHash } from './paths.ts';
import type { Progress } from './progress.ts';

/**
 * Makes, once (about a minute), the archives of container images: Kubernetes from `kubernetes`, the folder of its
 * binaries; the rest from Debian's packages. Returns their folder; registry.k8s.io/pause:3.2 is pause_3.2.tar in it.
 */
export async function ensureImages(kubernetes: string, progress: Progress): Promise<string> {
  const { log, signal } = progress;
  const script = await readFile(join(checkout, 'spec/lab/images-build.sh'), 'utf8');
  const folder = join(cache, 'images', recipeHash(script));
  if (existsSync(folder)) return folder;
  log('making container images, once (about a minute)');
  await ensureBase(suite, progress);
  await unpackLayers(suite, signal);
  const work = join(disk, 'images');
  const part = `${folder}.${process.pid}`;
  await mkdir(part, { recursive: true });
  await runScript(
    `mkdir -p ${work}/upper ${work}/work ${work}/root
     mount -t overlay -o lowerdir=${layers(suite).join(':')},upperdir=${work}/upper,workdir=${work}/work kplay-images ${work}/root
     mkdir ${work}/root/kube ${work}/root/out
     mount --bind ${quote(kubernetes)} ${work}/root/kube
     mount --bind ${quote(part)} ${work}/root/out
     cp /etc/resolv.conf ${work}/root/etc/resolv.conf
     printf '#!/bin/sh\\nexit 101\\n' > ${work}/root/usr/sbin/policy-rc.d
     chmod 755 ${work}/root/usr/sbin/policy-rc.d
     printf %s ${quote(await aptReachability())} > ${work}/root/etc/apt/apt.conf.d/20machine`,
    { signal },
  );
  try {
    await run(['chroot', `${work}/root`, '/bin/sh', '-eu'], {
      signal,
      input: script,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
      onLine: (line) => {
        if (line.startsWith('step ')) log(line.slice('step '.length));
      },
    });
    // The last step: a folder of that name is whole. Another lab may have been quicker.
    if (!existsSync(folder)) await rename(part, folder);
  } finally {
    for (const mount of ['root/out', 'root/kube', 'root']) await attempt(['umount', `${work}/${mount}`]);
    await rm(part, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}
