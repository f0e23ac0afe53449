#!/bin/sh
# floor.sh ROUNDS HOST SSH-ARGUMENT…: the same work written by hand for one host: one script over one ssh connection.
# It knows what the playbook knows, checks what the playbook checks, and prints changed=N.
set -eu
rounds=$1 host=$2
shift 2
exec ssh -T "$@" sh -s "$rounds" "$host" <<'REMOTE'
rounds=$1 host=$2 changed=0
did() { changed=$((changed + 1)); }

directory() { # PATH MODE
  [ "$(stat -c %F:%a "$1" 2>/dev/null)" = "directory:$2" ] && return
  mkdir -p "$1" && chmod "$2" "$1" && did
}
file() { # PATH MODE TEXT (with its last newline left out)
  [ "$(stat -c %a "$1" 2>/dev/null)" = "$2" ] && [ "$(cat "$1")" = "$3" ] && return
  printf '%s\n' "$3" >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1" && did
}
line() { # PATH LINE
  grep -qxF "$2" "$1" && return
  echo "$2" >>"$1" && did
}
service() { # NAME
  systemctl is-active -q "$1" || { systemctl start "$1" && did; }
  systemctl is-enabled -q "$1" || { systemctl enable "$1" && did; }
}
package() { # NAME
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] && return
  apt-get install -y "$1" && did
}

directory /opt/bench 755 && [ "$changed" = 1 ] && changed=0 # the playbook makes it along with the first one below it
i=0
while [ "$i" -lt "$rounds" ]; do
  directory "/opt/bench/d$i" 755
  file "/opt/bench/d$i/app.conf" 644 "# host $host
listen 6443
server s1 10.0.0.1:6443 check
server s2 10.0.0.2:6443 check
server s3 10.0.0.3:6443 check"
  file "/opt/bench/d$i/hello.txt" 600 "hello $i"
  if [ $((i % 2)) = 0 ]; then
    line /etc/hosts "192.0.2.$((i + 1)) bench$i.example"
    service ssh
  else
    package procps
    test -d /opt/bench || exit 1
  fi
  i=$((i + 1))
done
echo "changed=$changed"
REMOTE
