#!/usr/bin/env bash
# purge.sh: looks at a machine, runs a cluster with published ports, volumes and (if told so) violent ends on it, takes
# it away with 'scripts/down --purge', looks again, and prints what is different. Run by PurgeTests in namespaces of its
# own (network, mounts, processes), so that nothing but the cluster is in the picture.
#
# usage: purge.sh REPOSITORY SCRATCH orderly|killed
set -euo pipefail
repository=$1 scratch=$2 end=$3 uid=
export ACTOR_ORCHESTRATOR_DATA=$scratch/data
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

kubectl() { "$repository/scripts/kubectl" "$@"; }

# Counters and the like change by themselves.
stable_sysctls() {
    sysctl -a 2>/dev/null | grep -E '^(net|vm|kernel)\.' | grep -vE \
        '^kernel\.(random|ns_last_pid|pty\.nr|perf|sched|panic_on)|^net\.(core|netfilter)\.|^vm\.(stat|drop)'
}

look() {
    local tool
    printf '\n== processes\n'
    ps -eo args= | grep -vE '^(ps|bash|sort|grep|unshare|/bin/bash|\[)' | sort || true
    printf '\n== mounts\n'
    cut -d' ' -f1-3 /proc/self/mounts
    printf '\n== interfaces and routes\n'
    ip -o address | awk '{ print $2, $3, $4 }'
    ip route
    printf '\n== network namespaces\n'
    ls /run/netns 2>/dev/null || true
    lsns --noheadings -o TYPE,NS -t net
    for tool in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do
        printf '\n== %s\n' "$tool"
        "$tool-save" 2>/dev/null | grep -v '^#' || true
    done
    printf '\n== nftables\n'
    nft list ruleset
    printf '\n== files\n'
    find /run /run/layer/changes /etc/cni /opt/cni "$scratch/data" -xdev 2>/dev/null | sort || true
    printf '\n== control groups of the pod\n'
    [ -z "$uid" ] || find /sys/fs/cgroup -type d -name "pod$uid" 2>/dev/null | sort || true
    printf '\n== sysctls\n'
    stable_sysctls
}

apply_workloads() {
    kubectl apply -f - <<YAML
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {key: value}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {key: value}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: busybox:1.35
        command: [sh, -c, exec sleep 100000]
        volumeMounts:
        - {name: config, mountPath: /config}
        - {name: secret, mountPath: /secret}
        - {name: disk, mountPath: /disk/sub, subPath: a/b}
        - {name: memory, mountPath: /memory}
        - {name: host, mountPath: /host}
        - {name: image, mountPath: /image}
        - {name: image, mountPath: /app, subPath: app}
      volumes:
      - {name: config, configMap: {name: c}}
      - {name: secret, secret: {secretName: s}}
      - {name: disk, emptyDir: {}}
      - {name: memory, emptyDir: {medium: Memory}}
      - {name: host, hostPath: {path: $scratch/host, type: Directory}}
      - {name: image, image: {reference: report-tool, pullPolicy: Never}}
---
apiVersion: v1
kind: Pod
metadata: {name: port}
spec:
  resources: {limits: {memory: 64Mi}}
  containers:
  - name: main
    image: busybox:1.35
    command: [sh, -c, exec sleep 100000]
    ports: [{containerPort: 80, hostPort: 18080}, {containerPort: 53, hostPort: 18053, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: done}
spec:
  restartPolicy: Never
  containers:
  - {name: main, image: "busybox:1.35", command: ["true"], ports: [{containerPort: 81, hostPort: 18081}]}
YAML
    kubectl rollout status deployment/web --timeout=120s
    kubectl wait pod/port --for=condition=Ready --timeout=120s
    uid=$(kubectl get pod port --output jsonpath='{.metadata.uid}')
    kubectl wait pod/done --for=jsonpath='{.status.phase}'=Succeeded --timeout=120s
}

# The server, its containerd, a shim, and the process that holds a pod's network.
kill_at_random() {
    kill -KILL "$(cat "$scratch/data/orchestrator.pid")"
    kill -KILL "$(pgrep -xo containerd)"
    kill -KILL "$(pgrep -o containerd-shim)"
    kill -KILL "$(pgrep -n pause)"
}

# What others have mounted goes away here when it does there, perhaps before it is its turn.
forget_mounts() {
    local mount
    awk '{ print $2 }' /proc/self/mounts | tac | while read -r mount; do
        case $mount:$scratch in
            "$mount:$mount"*) ;;
            /run/* | /tmp/* | /var/lib/*) umount --lazy "$mount" || ! grep -qF " $mount " /proc/self/mounts ;;
        esac
    done
}

mount --make-rprivate /
forget_mounts
mount -t tmpfs tmpfs /run
mkdir /run/layer
mount -t tmpfs tmpfs /run/layer
mkdir /run/layer/changes /run/layer/work
mount -t overlay overlay -o lowerdir=/var/lib,upperdir=/run/layer/changes,workdir=/run/layer/work /var/lib
rm -rf /var/lib/cni
ip link set lo up
sysctl -qw net.ipv4.ip_forward=0
mkdir "$scratch/host"
echo precious >"$scratch/host/file"
look >"$scratch/before"
"$repository/scripts/up" --no-setup --no-example -- --listen 127.0.0.1:6443 --set 'node.pod-subnet="10.252.0.0/24"'
apply_workloads
# The first one that others add here since the machine was started, while pods have theirs.
ip netns add others
ip netns delete others
look >"$scratch/during"
[ "$end" = orderly ] || kill_at_random
"$repository/scripts/down" --purge
look >"$scratch/after"
cat "$scratch/host/file"
printf 'published: %s\n' "$(grep -c 'dport 1808' "$scratch/during" || true)"
printf 'groups: %s\n' "$(grep -c "/k8s.io/pod$uid\$" "$scratch/during" || true)"
printf 'different while it ran: %s\n' "$(diff "$scratch/before" "$scratch/during" | grep -c '^[<>]' || true)"
diff "$scratch/before" "$scratch/after" && echo 'as before'
