#!/bin/bash
# Builds the Kubernetes 1.20.2 binaries from Debian's source package: kubernetes-build.sh CACHE MIRROR
#
# Debian packages no Kubernetes servers, but its source package holds all their code and its vendored modules, so that
# nothing but a Debian mirror is needed. The result is CACHE/v1.20.2/ with seven static binaries and their SHA256SUMS.
# Lines that start with "step " are for the progress display.
set -euo pipefail

cache=$1
mirror=$2
version=v1.20.2
programs=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl kubeadm)
mkdir -p "$cache"
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

step() { echo "step $*"; }

# A private apt configuration: the machine's own list of sources stays as it is.
step 'fetching the Kubernetes source (34 MB)'
mkdir -p "$work/apt/lists/partial" "$work/src" "$work/out"
cat > "$work/apt/sources.list" <<LIST
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main
LIST
apt_options=(-o "Dir::Etc::SourceList=$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/apt/lists" -o APT::Sandbox::User=root)
apt-get "${apt_options[@]}" update -q
(cd "$work/src" && apt-get "${apt_options[@]}" source -q --only-source kubernetes)

export GOPATH=$work/go GOCACHE=$work/gocache GO111MODULE=off GOFLAGS= FORCE_HOST_GO=y
mkdir -p "$GOPATH/src/k8s.io"
mv "$work"/src/kubernetes-*/ "$GOPATH/src/k8s.io/kubernetes"
cd "$GOPATH/src/k8s.io/kubernetes"

# The vendored reflect2 reads Go's own type tables and crashes on Go >= 1.18 (nil pointer in Type2); Debian's is mended.
rm -rf vendor/github.com/modern-go/reflect2
cp -rL /usr/share/gocode/src/github.com/modern-go/reflect2 vendor/github.com/modern-go/reflect2

build_date=2021-01-13T13:20:00Z
cat > "$work/version" <<VERSION
KUBE_GIT_COMMIT=faecb196815e248d3ecfb03c680a4507229c2a56
KUBE_GIT_TREE_STATE=clean
KUBE_GIT_VERSION=$version
KUBE_GIT_MAJOR=1
KUBE_GIT_MINOR=20
VERSION
step 'generating code'
KUBE_GIT_VERSION_FILE=$work/version make generated_files

flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  for pair in gitVersion=$version gitMajor=1 gitMinor=20 gitTreeState=clean buildDate=$build_date; do
    flags+=" -X k8s.io/kubernetes/vendor/$package.$pair"
  done
done
number=0
for program in "${programs[@]}"; do
  number=$((number + 1))
  step "building $program ($number/${#programs[@]})"
  CGO_ENABLED=0 go build -ldflags "$flags" -o "$work/out/$program" "k8s.io/kubernetes/cmd/$program"
done
(cd "$work/out" && sha256sum "${programs[@]}" > SHA256SUMS)

# The rename is the last step: a folder of that name is a finished build.
rm -rf "${cache:?}/$version"
mv "$work/out" "$cache/$version"
step 'Kubernetes is built'
