"""What a program does with the official Python client, told in a line a step; javascript_client.mjs does the same.

usage: python_client.py NAMESPACE FILE, with the cluster's kubeconfig in KUBECONFIG. FILE is copied there and back.
"""
import base64
import hashlib
import http.client
import io
import json
import os
import re
import sys
import tarfile
import tempfile

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import portforward, stream

NAMESPACE, FILE = sys.argv[1:]
NAME = os.path.basename(FILE)
REQUESTS = 40
MESSAGE_BYTES = 64 * 1024
SIZED = 'until [ "$(stty size 2>/dev/null)" = "33 101" ]; do sleep 0.1; done; tty'
config.load_kube_config()
core, apps = client.CoreV1Api(), client.AppsV1Api()


def tell(what, *parts):
    print(what + ":", *parts, flush=True)


def pod_spec(script, **container):
    main = dict(name="main", image="busybox:1.35", command=["sh", "-c", script], **container)
    return {"terminationGracePeriodSeconds": 1, "containers": [main]}


def events_of(listing, start, accept, **query):
    """The events of a watch from a resource version on, up to the first that is accepted."""
    seen = []
    watching = watch.Watch()
    for event in watching.stream(listing, NAMESPACE, resource_version=start, allow_watch_bookmarks=True, **query):
        seen.append(event)
        if event["type"] != "BOOKMARK" and accept(event):
            watching.stop()
    return seen


def run_pod(name, script, **container):
    start = core.list_namespaced_pod(NAMESPACE).metadata.resource_version
    spec = pod_spec(script, **container)
    core.create_namespaced_pod(NAMESPACE, {"metadata": {"name": name}, "spec": dict(spec, restartPolicy="Never")})
    events_of(core.list_namespaced_pod, start, lambda event: any(
        condition.type == "Ready" and condition.status == "True"
        for condition in event["object"].status.conditions or []), field_selector="metadata.name=" + name)


def is_rolled_out(event):
    deployment = event["object"]
    status = deployment.status
    return (status.observed_generation == deployment.metadata.generation and status.updated_replicas == 2
            and status.available_replicas == 2 and status.replicas == 2)


def deployments():
    start = apps.list_namespaced_deployment(NAMESPACE).metadata.resource_version
    created = apps.create_namespaced_deployment(NAMESPACE, {
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": pod_spec("exec sleep 1000")}},
    })
    tell("created", created.metadata.name, created.spec.replicas, created.spec.strategy.rolling_update.max_surge)
    events = events_of(apps.list_namespaced_deployment, start, is_rolled_out, label_selector="app=web")
    tell("watched", events[0]["type"], events[-1]["type"], events[-1]["object"].status.available_replicas)

    # A list as a body is a JSON patch, anything else a strategic merge patch.
    patched = apps.patch_namespaced_deployment("web", NAMESPACE, {"spec": {"template": {"spec": {
        "containers": [{"name": "main", "env": [{"name": "COLOUR", "value": "blue"}]}]}}}})
    main, = patched.spec.template.spec.containers
    tell("merged", main.image, main.command[0], main.env[0].name, main.env[0].value, patched.metadata.generation)
    labelled = apps.patch_namespaced_deployment(
        "web", NAMESPACE, [{"op": "add", "path": "/metadata/labels/tier", "value": "front"}])
    tell("patched", labelled.metadata.labels["app"], labelled.metadata.labels["tier"])
    events_of(apps.list_namespaced_deployment, created.metadata.resource_version, lambda event: is_rolled_out(event)
              and event["object"].metadata.generation == patched.metadata.generation)
    scaled = apps.read_namespaced_deployment_scale("web", NAMESPACE)
    tell("rolled out", scaled.status.replicas, scaled.status.selector)

    before = apps.list_namespaced_deployment(NAMESPACE).metadata.resource_version
    apps.delete_namespaced_deployment("web", NAMESPACE, propagation_policy="Foreground")
    last = events_of(apps.list_namespaced_deployment, before, lambda event: event["type"] == "DELETED")[-1]
    tell("deleted", last["object"].metadata.name,
         len(core.list_namespaced_pod(NAMESPACE, label_selector="app=web").items))


def initial_events():
    """A watch that begins with what there is, which the typed methods cannot ask for yet."""
    def listing(**query):
        more = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true",
                "labelSelector": "set", "watch": "true"}
        return client.ApiClient().call_api(
            "/api/v1/namespaces/" + NAMESPACE + "/configmaps", "GET", query_params=list(more.items()),
            _preload_content=False, _return_http_data_only=True)
    watching = watch.Watch(return_type="V1ConfigMap")
    seen = []
    for event in watching.stream(listing):
        if event["type"] == "BOOKMARK":
            seen.append(event["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"])
            watching.stop()
        else:
            seen.append(event["object"].metadata.name)
    tell("initial events", *seen)


def lists():
    for name in "abcde":
        core.create_namespaced_config_map(NAMESPACE, {
            "metadata": {"name": name, "labels": {"set": "vowels" if name in "ae" else "others"}},
            "data": {"letter": name}})
    pages, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(
            NAMESPACE, label_selector="set in (vowels, others)", limit=2, _continue=token)
        pages.append("".join(item.data["letter"] for item in page.items))
        token = page.metadata._continue or ""
    tell("pages", *pages)
    vowels = core.list_namespaced_config_map(NAMESPACE, label_selector="set=vowels")
    tell("selected", *(item.metadata.name for item in vowels.items))
    initial_events()


def discovered():
    with tempfile.TemporaryDirectory() as cache:
        anything = dynamic.DynamicClient(client.ApiClient(), cache_file=os.path.join(cache, "resources.json"))
        kind = anything.resources.get(api_version="apps/v1", kind="ReplicaSet")
        kind.create(namespace=NAMESPACE, body={
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "idle"},
            "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "idle"}}, "template": {
                "metadata": {"labels": {"app": "idle"}}, "spec": pod_spec("true")}}})
        tell("discovered", kind.get(name="idle", namespace=NAMESPACE).spec.template.spec.restartPolicy)


def status_of(request):
    try:
        request()
    except ApiException as failure:
        status = json.loads(failure.body)
        causes = [cause["field"] for cause in (status.get("details") or {}).get("causes") or []]
        return " ".join([str(failure.status), status["reason"], status["message"], *causes])
    return "nothing failed"


def errors():
    tell("absent", status_of(lambda: apps.read_namespaced_deployment("absent", NAMESPACE)))
    tell("taken", status_of(lambda: core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "a"}})))
    stale = core.read_namespaced_config_map("a", NAMESPACE)
    core.patch_namespaced_config_map("a", NAMESPACE, {"data": {"letter": "A"}})
    tell("stale", status_of(lambda: core.replace_namespaced_config_map("a", NAMESPACE, stale)).split(":")[0])
    tell("invalid", status_of(
        lambda: core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "No Name"}})).split(":")[0])
    try:
        command("absent", "true")
    except ApiException as failure:
        tell("exec in nothing", *(part for part in failure.reason.split() if part == "404"))


def command(pod, *words, **options):
    settings = dict(command=list(words), stdin=True, stdout=True, stderr=True, tty=False, _preload_content=False)
    settings.update(options)
    return stream(core.connect_get_namespaced_pod_exec, pod, NAMESPACE, **settings)


def logs():
    run_pod("talker", "echo one; until [ -e /tmp/go ]; do sleep 0.1; done; echo two")
    followed = []
    for line in watch.Watch().stream(core.read_namespaced_pod_log, "talker", NAMESPACE):
        followed.append(line)
        if line == "one":
            tell("log", core.read_namespaced_pod_log("talker", NAMESPACE).strip())
            command("talker", "touch", "/tmp/go").run_forever()
    tell("followed", *followed)
    tell("tail", core.read_namespaced_pod_log("talker", NAMESPACE, tail_lines=1).strip())


def read_until(session, text):
    seen = ""
    while text not in seen and session.is_open():
        seen += session.read_stdout()
    return seen


def commands():
    session = command("box", "sh", "-c", "read line; echo out $line; echo err >&2; exit 3")
    session.write_stdin("given\n")
    session.run_forever()
    tell("exec", session.read_stdout().strip(), session.read_stderr().strip(), session.returncode)
    terminal = command("box", "sh", "-c", SIZED, tty=True)
    terminal.write_channel(4, json.dumps({"Height": 33, "Width": 101}))
    terminal.run_forever()
    tell("terminal", terminal.read_stdout().strip()[:9], terminal.returncode)
    numbers = stream(core.connect_get_namespaced_pod_exec, "box", NAMESPACE, command=["seq", "500000"], stdin=False,
                     stdout=True, stderr=True, tty=False)
    tell("much", len(numbers), numbers.split()[-1])


def attachment():
    run_pod("reader", "exec cat", stdin=True)
    session = stream(core.connect_get_namespaced_pod_attach, "reader", NAMESPACE, stdin=True, stdout=True, stderr=True,
                     tty=False, _preload_content=False)
    session.write_stdin("there\n")
    tell("attached", read_until(session, "there\n").strip())
    session.write_stdin("and back\n")
    tell("attached", read_until(session, "and back\n").strip())
    session.close()


def copies():
    """This client has no copying of its own: a tar of one file goes through a command, as kubectl does it. It cannot say
    that its input ends, so the command counts it; and it reads every message as text, so what comes back is text."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(FILE, arcname=NAME)
    session = command("box", "sh", "-c", "head -c %d | tar xf - -C /tmp" % packed.tell())
    packed.seek(0)
    for piece in iter(lambda: packed.read(MESSAGE_BYTES), b""):
        session.write_stdin(piece)
    session.run_forever()
    summed = command("box", "sha256sum", "/tmp/" + NAME)
    summed.run_forever()
    tell("there", session.returncode, summed.read_stdout().split()[0])

    session = command("box", "sh", "-c", "tar cf - -C /tmp " + NAME + " | base64", stdin=False)
    pieces = []
    while session.is_open():
        pieces.append(session.read_stdout())
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode("".join(pieces)))) as archive:
        tell("back", session.returncode, hashlib.sha256(archive.extractfile(NAME).read()).hexdigest())


def ports():
    bodies = []
    for _ in range(REQUESTS):
        forward = portforward(core.connect_get_namespaced_pod_portforward, "box", NAMESPACE, ports="80")
        connection = http.client.HTTPConnection("box")
        connection.sock = forward.socket(80)
        connection.request("GET", "/all")
        bodies.append(connection.getresponse().read())
        connection.close()
        forward.close()
    tell("forwarded", len(bodies), *sorted({"%d bytes, %s" % (len(body), body.split()[-1].decode())
                                            for body in bodies}))
    forward = portforward(core.connect_get_namespaced_pod_portforward, "box", NAMESPACE, ports="81")
    while forward.socket(81).recv(1024):
        pass
    tell("refused", *re.findall("connection refused", forward.error(81)))


def models():
    """Every list of a namespace that is served is read by the client's own models."""
    unread = []
    for name, kind in sorted(vars(client).items()):
        for listing in sorted(vars(kind)) if name.endswith("Api") else []:
            # Events without eventTime, which Kubernetes sends, too, are refused by this client's model.
            if not re.fullmatch("list_namespaced_(?!.*(custom_object|http_info)).*", listing) or name == "EventsV1Api":
                continue
            try:
                getattr(kind(), listing)(NAMESPACE)
            except ApiException as failure:
                if failure.status != 404:
                    unread.append("%s.%s: %s" % (name, listing, failure))
            except ValueError as failure:
                unread.append("%s.%s: %s" % (name, listing, failure))
    tell("unread", *unread or ["none"])


lists()
discovered()
errors()
deployments()
logs()
run_pod("box", "mkdir /www; seq 20000 >/www/all; exec httpd -f -h /www")
commands()
attachment()
copies()
ports()
models()
