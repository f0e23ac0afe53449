import modprobe from '../../engine/modules/modprobe.ts';
import sysctl from '../../engine/modules/sysctl.ts';
import { testModule } from '../../engine/testing.ts';

const file = '/etc/sysctl.d/99-kubernetes.conf';

testModule(sysctl, 'sysctl', {
  'sets the kernel first and then writes the file': {
    args: { name: 'net.ipv4.ip_forward', value: 1, sysctl_file: file, sysctl_set: true },
    world: { files: { '/etc/sysctl.d': { type: 'directory' } }, answers: { 'sysctl net.ipv4.ip_forward': '0' } },
    want: {
      fields: ['file', 'kernel'],
      log: ['sysctl -w net.ipv4.ip_forward=1', `write ${file}`],
      files: { [file]: 'net.ipv4.ip_forward=1\n' },
    },
  },
  'looks at the file only unless told to look at the kernel': {
    args: { name: 'vm.swappiness', value: '10' },
    world: { files: { '/etc/sysctl.conf': '# mine\nvm.swappiness = 10\n' } },
    want: { changed: false },
  },
  'sets a kernel that has drifted': {
    args: { name: 'vm.swappiness', value: 10, sysctl_set: true },
    world: { files: { '/etc/sysctl.conf': 'vm.swappiness=10\n' }, answers: { 'sysctl vm.swappiness': '60' } },
    want: { fields: ['kernel'], log: ['sysctl -w vm.swappiness=10'] },
  },
  'rewrites the line in place and drops its doubles': {
    args: { name: 'vm.swappiness', value: 10, reload: false },
    world: {
      files: { '/etc/sysctl.conf': '# vm.swappiness=1\nvm/swappiness = 60\nkernel.panic=1\nvm.swappiness=30\n' },
    },
    want: {
      log: ['write /etc/sysctl.conf'],
      files: { '/etc/sysctl.conf': '# vm.swappiness=1\nvm.swappiness=10\nkernel.panic=1\n' },
    },
  },
  'takes blanks for one': {
    args: { name: 'net.ipv4.ip_local_port_range', value: '1024  65000', sysctl_set: true },
    world: {
      files: { '/etc/sysctl.conf': 'net.ipv4.ip_local_port_range=1024\t65000\n' },
      answers: { 'sysctl net.ipv4.ip_local_port_range': '1024\t65000' },
    },
    want: { changed: false },
  },
  'writes yes and no as the kernel does': {
    args: { name: 'net.ipv4.ip_forward', value: true, reload: false },
    want: { files: { '/etc/sysctl.conf': 'net.ipv4.ip_forward=1\n' } },
  },
  'removes a line': {
    args: { name: 'vm.swappiness', state: 'absent' },
    world: { files: { '/etc/sysctl.conf': 'vm.swappiness=60\nkernel.panic=1\n' } },
    want: {
      log: ['write /etc/sysctl.conf', 'sysctl -p /etc/sysctl.conf'],
      files: { '/etc/sysctl.conf': 'kernel.panic=1\n' },
    },
  },
  'ignores what the kernel does not know, when told to': {
    args: { name: 'vm.nosuch', value: 1, ignoreerrors: true },
    want: { scripts: ["sysctl -e -q -w 'vm.nosuch=1'"] },
  },
  'leaves no line behind that the kernel refuses': {
    args: { name: 'vm.nosuch', value: 1 },
    world: { commands: { 'vm.nosuch=1': { code: 255, stderr: 'cannot stat /proc/sys/vm/nosuch' } } },
    fails: 'cannot stat /proc/sys/vm/nosuch',
  },
  'needs a value': { args: { name: 'vm.swappiness' }, fails: 'value' },
});

const absent = { loaded: false, builtIn: false, atBoot: false, options: [], files: [] };
const folders = { '/etc/modules-load.d': { type: 'directory' }, '/etc/modprobe.d': { type: 'directory' } } as const;

testModule(modprobe, 'modprobe', {
  'loads a module now and at boot': {
    args: { name: 'br_netfilter', persistent: 'present' },
    world: { files: folders, answers: { 'kernel module br_netfilter': absent } },
    want: {
      fields: ['loaded', 'persistent'],
      log: ['write /etc/modules-load.d/br_netfilter.conf', 'modprobe br_netfilter'],
      files: { '/etc/modules-load.d/br_netfilter.conf': 'br_netfilter\n' },
    },
  },
  'gives it its options': {
    args: { name: 'dummy', params: 'numdummies=2', persistent: 'present' },
    world: { files: folders, answers: { 'kernel module dummy': absent } },
    want: {
      scripts: ["modprobe 'dummy' 'numdummies=2'"],
      files: { '/etc/modprobe.d/dummy.conf': 'options dummy numdummies=2\n' },
    },
  },
  'is done with a module that is loaded, and named at boot by another file': {
    args: { name: 'br-netfilter', persistent: 'present' },
    world: {
      files: { '/etc/modules-load.d/k8s.conf': 'overlay\nbr_netfilter\n' },
      answers: { 'kernel module br-netfilter': { ...absent, loaded: true, files: ['/etc/modules-load.d/k8s.conf'] } },
    },
    want: { changed: false },
  },
  'takes what is built in for loaded, and cannot unload it': {
    args: { name: 'ext4', state: 'absent' },
    world: { answers: { 'kernel module ext4': { ...absent, loaded: true, builtIn: true } } },
    want: { changed: false },
  },
  'unloads, and makes comments of the lines that load it at boot': {
    args: { name: 'dummy', state: 'absent', persistent: 'absent' },
    world: {
      files: { '/etc/modules-load.d/my.conf': 'dummy\noverlay\n' },
      answers: { 'kernel module dummy': { ...absent, loaded: true, files: ['/etc/modules-load.d/my.conf'] } },
    },
    want: { scripts: ["modprobe -r 'dummy'"], files: { '/etc/modules-load.d/my.conf': '#dummy\noverlay\n' } },
  },
  'leaves the files alone unless asked': {
    args: { name: 'dummy' },
    world: { answers: { 'kernel module dummy': absent } },
    want: { log: ['modprobe dummy'] },
  },
});
