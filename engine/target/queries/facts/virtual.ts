/** Whether the host is a machine, a guest or a container. */
import { byPath, type FactSubset } from './subset.ts';

export const virtual: FactSubset = {
  facts: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'],
  script: `S virtual
[ -e /.dockerenv ] && echo dockerenv
[ -e /run/.containerenv ] && echo containerenv
[ -r /run/systemd/container ] && echo "container=$(cat /run/systemd/container)"
{ tr '\\000' '\\n' </proc/1/environ | grep '^container='; } 2>/dev/null
grep -qs 'docker\\|kubepods' /proc/1/cgroup && echo dockercgroup
grep -qs '^hypervisor\\|flags.* hypervisor' /proc/cpuinfo && echo hypervisor
grep -qs 'QEMU Virtual CPU' /proc/cpuinfo && echo qemucpu
grep -s '^kvm \\|^vboxdrv ' /proc/modules
[ -e /proc/xen ] && echo xen
[ -e /dev/kvm ] && echo devkvm
S virtualdmi; (cd /sys/class/dmi/id 2>/dev/null && grep -sH '' product_name sys_vendor bios_vendor product_family)`,
  parse(section) {
    const seen = section('virtual');
    const dmi = byPath(section('virtualdmi'));
    const container = containerKind(seen);
    const machine = machineKind(seen, (file) => dmi.get(file)?.trim() ?? '');
    const hosts = [
      ...(/^kvm |^devkvm$/m.test(seen) ? ['kvm'] : []),
      ...(/^vboxdrv /m.test(seen) ? ['virtualbox'] : []),
    ];
    const guests = [...(container ? [container] : []), ...(machine ? [machine] : [])];
    const isContainer = container !== undefined && container !== 'container';
    return {
      virtualization_type: guests[0] ?? hosts[0] ?? 'NA',
      virtualization_role: guests.length > 0 ? 'guest' : hosts.length > 0 ? 'host' : 'NA',
      virtualization_tech_guest: isContainer ? [...guests, 'container'] : guests,
      virtualization_tech_host: hosts,
    };
  },
};

function containerKind(seen: string): string | undefined {
  if (/^dockerenv$|^dockercgroup$|^container=docker$/m.test(seen)) return 'docker';
  if (/^containerenv$|^container=podman$/m.test(seen)) return 'podman';
  if (/^container=lxc/m.test(seen)) return 'lxc';
  return /^container=./m.test(seen) ? 'container' : undefined;
}

/** By what the firmware calls itself, as Ansible names the kinds. */
function machineKind(seen: string, dmi: (file: string) => string): string | undefined {
  if (/^xen$/m.test(seen)) return 'xen';
  const [product, vendor, bios] = [dmi('product_name'), dmi('sys_vendor'), dmi('bios_vendor')];
  const [, kind] = kinds.find(([pattern]) => pattern.test(`${product}\n${vendor}\n${bios}`)) ?? [];
  return kind ?? (/^qemucpu$/m.test(seen) ? 'kvm' : undefined);
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/VMware/i, 'VMware'],
  [/VirtualBox|innotek/i, 'virtualbox'],
  [/^Virtual Machine\nMicrosoft/, 'VirtualPC'],
  [/^HVM domU|^Xen|\nXen/, 'xen'],
  [/OpenStack/i, 'openstack'],
  [/Parallels/i, 'parallels'],
  [/BHYVE/i, 'bhyve'],
  [/^KVM|^Bochs|^AHV|^Standard PC|QEMU|oVirt|RHEV|Google|Amazon EC2|DigitalOcean|Hetzner|Alibaba|^Droplet/m, 'kvm'],
];
