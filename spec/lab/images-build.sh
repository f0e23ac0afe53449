#!/bin/sh
# Makes container images from programs: run in a chroot of the lab's base system, with the Kubernetes binaries in /kube.
# Each image becomes an archive in /out that `docker load` and `ctr image import` take. Lines "step ..." are progress.
set -eu
kubernetes=v1.20.2

echo 'step installing what the images are made of'
apt-get install -q -y --no-install-recommends \
  busybox-static conntrack dnsmasq-base ethtool etcd-client etcd-server gcc haproxy ipset iptables keepalived libc6-dev \
  libnginx-mod-stream nginx >&2 < /dev/null

work=/tmp/images
mkdir -p "$work"

# An empty root file system in Debian's layout: fresh NAME
fresh() {
  root=$work/$1
  mkdir -p "$root/etc" "$root/tmp" "$root/run" "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/var/lib"
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
  ln -s ../run "$root/var/run"
  chmod 1777 "$root/tmp"
  cp /etc/passwd /etc/group "$root/etc/"
  echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
}

# Files with the shared libraries they are linked to: add PATH...
add() {
  for file do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
    { ldd "$file" 2> /dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
      mkdir -p "$root$(dirname "$library")"
      cp -L "$library" "$root$library"
    done
  done
}

shell() {
  add /bin/busybox
  for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || [ -e "$root/bin/$applet" ] || ln -s /bin/busybox "$root/bin/$applet"
  done
}

# Packs the root file system: archive REFERENCE CONFIG, where CONFIG is the image's "config" as JSON.
archive() {
  image=$work/archive
  rm -rf "$image"
  mkdir -p "$image/layer"
  tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$root" -cf "$image/layer/layer.tar" .
  layer=$(sha256sum "$image/layer/layer.tar")
  printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"comment":"lab"}]}' \
    "$(dpkg --print-architecture)" "$2" "${layer%% *}" > "$image/config"
  config=$(sha256sum "$image/config")
  mv "$image/config" "$image/${config%% *}.json"
  printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":["layer/layer.tar"]}]' "${config%% *}" "$1" > "$image/manifest.json"
  file=${1##*/}
  tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$image" \
    -cf "/out/$(printf %s "$file" | tr : _).tar" manifest.json "${config%% *}.json" layer
  rm -rf "$root" "$image"
  echo "step image $1"
}

path='"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]'

# The process that holds a pod's namespaces: reaps what is left to it, and ends when it is told to.
cat > "$work/pause.c" <<'C'
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void end(int signal) { _exit(0); }
static void reap(int signal) { while (waitpid(-1, 0, WNOHANG) > 0); }
int main(void) {
  signal(SIGINT, end);
  signal(SIGTERM, end);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
C
fresh pause
gcc -Os -static -o "$root/pause" "$work/pause.c"
archive registry.k8s.io/pause:3.2 '{"Entrypoint":["/pause"]}'

for program in kube-apiserver kube-controller-manager kube-scheduler; do
  fresh "$program"
  mkdir -p "$root/usr/local/bin"
  cp "/kube/$program" "$root/usr/local/bin/"
  archive "registry.k8s.io/$program:$kubernetes" "{$path}"
done

fresh kube-proxy
mkdir -p "$root/usr/local/bin"
cp /kube/kube-proxy "$root/usr/local/bin/"
add /usr/sbin/xtables-nft-multi /usr/sbin/ipset /usr/sbin/conntrack /usr/sbin/ethtool /bin/kmod
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -s xtables-nft-multi "$root/usr/sbin/$name"
done
ln -s ../bin/kmod "$root/usr/sbin/modprobe"
for extension in /usr/lib/*/xtables/*.so; do add "$extension"; done
archive "registry.k8s.io/kube-proxy:$kubernetes" "{$path}"

fresh etcd
shell
add /usr/bin/etcd /usr/bin/etcdctl
archive registry.k8s.io/etcd:3.4.23 "{$path}"

fresh busybox
shell
archive kplay.example/busybox:1.35 "{$path,\"Cmd\":[\"sh\"]}"

# The folders and commands of the official images, so that one configuration fits both.
fresh haproxy
shell
add /usr/sbin/haproxy
mkdir -p "$root/usr/local/etc/haproxy" "$root/var/lib/haproxy" "$root/run/haproxy"
archive kplay.example/haproxy:2.6 "{$path,\"Entrypoint\":[\"haproxy\",\"-W\",\"-db\"],\"Cmd\":[\"-f\",\"/usr/local/etc/haproxy/haproxy.cfg\"],\"StopSignal\":\"SIGUSR1\"}"

fresh nginx
shell
add /usr/sbin/nginx /usr/lib/nginx/modules/ngx_stream_module.so
mkdir -p "$root/etc/nginx/modules-enabled" "$root/etc/nginx/conf.d" "$root/var/log/nginx" "$root/var/lib/nginx" "$root/var/cache/nginx"
echo 'load_module /usr/lib/nginx/modules/ngx_stream_module.so;' > "$root/etc/nginx/modules-enabled/50-mod-stream.conf"
archive kplay.example/nginx:1.22 "{$path,\"Cmd\":[\"nginx\",\"-g\",\"daemon off;\"],\"StopSignal\":\"SIGQUIT\"}"

fresh keepalived
shell
add /usr/sbin/keepalived /usr/bin/genhash
mkdir -p "$root/etc/keepalived"
archive kplay.example/keepalived:2.2.7 "{$path,\"Entrypoint\":[\"keepalived\",\"--dont-fork\",\"--log-console\"]}"

# Answers for names as it is told, in place of CoreDNS, which Debian does not have.
fresh dnsmasq
add /usr/sbin/dnsmasq
archive kplay.example/dnsmasq:2.90 "{$path,\"Entrypoint\":[\"dnsmasq\",\"--keep-in-foreground\",\"--no-resolv\",\"--no-hosts\",\"--user=root\",\"--log-facility=-\"]}"
