// What a program does with the official JavaScript client, told in a line a step; python_client.py does the same.
//
// usage: javascript_client.mjs NAMESPACE FILE, with the cluster's kubeconfig in KUBECONFIG and the client's packages in
// NODE_PATH. FILE, which is alone in its directory, is copied there and back.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { PassThrough, Readable } from "node:stream";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";

// NODE_PATH is for require alone.
const k8s = await import(createRequire(import.meta.url).resolve("@kubernetes/client-node"));

const [namespace, file] = process.argv.slice(2);
const name = path.basename(file);
const REQUESTS = 40;
const AT_ONCE = 8;
const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const exec = new k8s.Exec(config);
const [deployments, pods, configMaps] = ["apis/apps/v1", "api/v1", "api/v1"].map((group, at) =>
    `/${group}/namespaces/${namespace}/${["deployments", "pods", "configmaps"][at]}`);
const json = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.JsonPatch);
const strategic = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.StrategicMergePatch);

const tell = (what, ...parts) => console.log(`${what}:`, parts.join(" "));

const podSpec = (script, container = {}) => ({
    terminationGracePeriodSeconds: 1,
    containers: [{ name: "main", image: "busybox:1.35", command: ["sh", "-c", script], ...container }],
});

/** The events of a watch, up to the first that is accepted. */
function eventsOf(place, query, accept) {
    const seen = [];
    let accepted = false;
    return new Promise((resolve, reject) => {
        const take = (type, object) => {
            if (accepted) {
                return;
            }
            seen.push({ type, object });
            if (accept({ type, object })) {
                accepted = true;
                started.then(controller => controller.abort());
                resolve(seen);
            }
        };
        const started = new k8s.Watch(config).watch(
            place, { allowWatchBookmarks: true, ...query }, take,
            failure => accepted || reject(failure ?? new Error(`the watch has ended after ${JSON.stringify(seen)}`)));
    });
}

async function runPod(podName, script, container) {
    const { metadata } = await core.listNamespacedPod({ namespace });
    await core.createNamespacedPod({ namespace, body: {
        metadata: { name: podName }, spec: { ...podSpec(script, container), restartPolicy: "Never" } } });
    await eventsOf(
        pods, { resourceVersion: metadata.resourceVersion, fieldSelector: `metadata.name=${podName}` },
        ({ object }) => object.status?.conditions?.some(each => each.type === "Ready" && each.status === "True"));
}

const isRolledOut = ({ type, object: { metadata, status } }) => type !== "BOOKMARK"
    && status?.observedGeneration === metadata.generation && status.updatedReplicas === 2
    && status.availableReplicas === 2 && status.replicas === 2;

async function aDeployment() {
    const resourceVersion = async () =>
        (await apps.listNamespacedDeployment({ namespace })).metadata.resourceVersion;
    const start = await resourceVersion();
    const created = await apps.createNamespacedDeployment({ namespace, body: {
        metadata: { name: "web", labels: { app: "web" } },
        spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: {
            metadata: { labels: { app: "web" } }, spec: podSpec("exec sleep 1000") } },
    } });
    tell("created", created.metadata.name, created.spec.replicas, created.spec.strategy.rollingUpdate.maxSurge);
    const events = await eventsOf(deployments, { resourceVersion: start, labelSelector: "app=web" }, isRolledOut);
    tell("watched", events[0].type, events.at(-1).type, events.at(-1).object.status.availableReplicas);

    const web = { namespace, name: "web" };
    const patched = await apps.patchNamespacedDeployment({ ...web, body: { spec: { template: { spec: {
        containers: [{ name: "main", env: [{ name: "COLOUR", value: "blue" }] }] } } } } }, strategic);
    const [main] = patched.spec.template.spec.containers;
    tell("merged", main.image, main.command[0], main.env[0].name, main.env[0].value, patched.metadata.generation);
    const labelled = await apps.patchNamespacedDeployment(
        { ...web, body: [{ op: "add", path: "/metadata/labels/tier", value: "front" }] }, json);
    tell("patched", labelled.metadata.labels.app, labelled.metadata.labels.tier);
    await eventsOf(deployments, { resourceVersion: created.metadata.resourceVersion }, event => isRolledOut(event)
        && event.object.metadata.generation === patched.metadata.generation);
    const scaled = await apps.readNamespacedDeploymentScale(web);
    tell("rolled out", scaled.status.replicas, scaled.status.selector);

    const before = await resourceVersion();
    await apps.deleteNamespacedDeployment({ ...web, propagationPolicy: "Foreground" });
    const end = await eventsOf(deployments, { resourceVersion: before }, ({ type }) => type === "DELETED");
    const left = await core.listNamespacedPod({ namespace, labelSelector: "app=web" });
    tell("deleted", end.at(-1).object.metadata.name, left.items.length);
}

async function lists() {
    for (const letter of "abcde") {
        await core.createNamespacedConfigMap({ namespace, body: {
            metadata: { name: letter, labels: { set: "ae".includes(letter) ? "vowels" : "others" } },
            data: { letter } } });
    }
    const pages = [];
    let _continue;
    do {
        const page = await core.listNamespacedConfigMap(
            { namespace, labelSelector: "set in (vowels, others)", limit: 2, _continue });
        pages.push(page.items.map(item => item.data.letter).join(""));
        ({ _continue } = page.metadata);
    } while (_continue);
    tell("pages", ...pages);
    const vowels = await core.listNamespacedConfigMap({ namespace, labelSelector: "set=vowels" });
    tell("selected", ...vowels.items.map(item => item.metadata.name));

    const initial = await eventsOf(
        configMaps, { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan", labelSelector: "set" },
        ({ type }) => type === "BOOKMARK");
    tell("initial events", ...initial.map(({ object: { metadata } }) =>
        metadata.name ?? metadata.annotations["k8s.io/initial-events-end"]));
}

async function discovered() {
    const anything = k8s.KubernetesObjectApi.makeApiClient(config);
    const idle = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "idle", namespace } };
    await anything.create({ ...idle, spec: {
        replicas: 0, selector: { matchLabels: { app: "idle" } },
        template: { metadata: { labels: { app: "idle" } }, spec: podSpec("true") } } });
    tell("discovered", (await anything.read(idle)).spec.template.spec.restartPolicy);
}

async function statusOf(request) {
    try {
        await request;
    } catch (failure) {
        if (!(failure instanceof k8s.ApiException)) {
            throw failure;
        }
        const status = typeof failure.body === "string" ? JSON.parse(failure.body) : failure.body;
        const causes = (status.details?.causes ?? []).map(cause => cause.field);
        return [failure.code, status.reason, status.message, ...causes].join(" ");
    }
    return "nothing failed";
}

async function errors() {
    tell("absent", await statusOf(apps.readNamespacedDeployment({ namespace, name: "absent" })));
    const a = { namespace, name: "a" };
    tell("taken", await statusOf(core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "a" } } })));
    const stale = await core.readNamespacedConfigMap(a);
    await core.patchNamespacedConfigMap({ ...a, body: { data: { letter: "A" } } }, strategic);
    tell("stale", (await statusOf(core.replaceNamespacedConfigMap({ ...a, body: stale }))).split(":")[0]);
    const invalid = await statusOf(
        core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "No Name" } } }));
    tell("invalid", invalid.split(":")[0]);
    await command("absent", ["true"]).catch(
        failure => tell("exec in nothing", ...failure.message.match(/404/) ?? []));
}

/** Runs a command to its end. */
async function command(pod, words, { input = null, output = new PassThrough(), terminal = false } = {}) {
    const errorOutput = new PassThrough();
    const [out, err] = [output instanceof PassThrough ? text(output) : null, text(errorOutput)];
    const status = await new Promise((resolve, reject) => {
        exec.exec(namespace, pod, "main", words, output, terminal ? null : errorOutput, input, terminal, resolve)
            .catch(reject);
    });
    errorOutput.end();
    const cause = status.details?.causes?.find(each => each.reason === "ExitCode");
    return { out: await out, err: await err, code: status.status === "Success" ? 0 : cause?.message };
}

async function logs() {
    await runPod("talker", "echo one; until [ -e /tmp/go ]; do sleep 0.1; done; echo two");
    const read = more => core.readNamespacedPodLog({ namespace, name: "talker", ...more });
    const followed = [];
    const stream = new PassThrough();
    await new k8s.Log(config).log(namespace, "talker", "main", stream, { follow: true });
    for await (const line of readline.createInterface({ input: stream })) {
        followed.push(line);
        if (line === "one") {
            tell("log", (await read({})).trim());
            await command("talker", ["touch", "/tmp/go"]);
        }
    }
    tell("followed", ...followed);
    tell("tail", (await read({ tailLines: 1 })).trim());
}

async function commands() {
    const both = await command("box", ["sh", "-c", "read line; echo out $line; echo err >&2; exit 3"],
        { input: Readable.from(["given\n"]) });
    tell("exec", both.out.trim(), both.err.trim(), both.code);

    // The client knows a terminal by its size.
    const screen = Object.assign(new PassThrough(), { rows: 33, columns: 101 });
    const sized = 'until [ "$(stty size 2>/dev/null)" = "33 101" ]; do sleep 0.1; done; tty';
    const terminal = await command("box", ["sh", "-c", sized], { output: screen, terminal: true });
    tell("terminal", terminal.out.trim().slice(0, 9), terminal.code);
    const numbers = (await command("box", ["seq", "500000"])).out;
    tell("much", numbers.length, numbers.trimEnd().split("\n").at(-1));
}

async function attachment() {
    await runPod("reader", "exec cat", { stdin: true });
    const [input, output] = [new PassThrough(), new PassThrough()];
    const socket = await new k8s.Attach(config).attach(namespace, "reader", "main", output, null, input, false);
    const lines = readline.createInterface({ input: output })[Symbol.asyncIterator]();
    for (const line of ["there", "and back"]) {
        input.write(`${line}\n`);
        tell("attached", (await lines.next()).value);
    }
    socket.close();
}

/** Copies by what the client has for it, which does not say when the end has come: this instance of Exec does. */
async function copying(start) {
    const status = await new Promise((resolve, reject) => {
        const ending = { exec: (pod, ns, container, words, output, errorOutput, input, terminal, ended) => exec.exec(
            // A copy from a pod is asked for compressed, and read as if it were not.
            pod, ns, container, words.map(word => word === "zcf" ? "cf" : word), output, errorOutput, input, terminal,
            async how => {
                await Promise.all([ended(how), output === null ? null : once(output, "finish")]);
                resolve(how);
            }).catch(reject) };
        start(new k8s.Cp(config, ending)).catch(reject);
    });
    return status.status === "Success" ? 0 : status.message;
}

async function copies() {
    const there = await copying(cp => cp.cpToPod(namespace, "box", "main", path.dirname(file), "/tmp"));
    const sum = await command("box", ["sha256sum", `/tmp/${name}`]);
    tell("there", there, sum.out.split(" ")[0]);

    const directory = await mkdtemp(path.join(os.tmpdir(), "copy-"));
    try {
        const back = await copying(cp => cp.cpFromPod(namespace, "box", "main", name, directory, "/tmp"));
        const hash = createHash("sha256");
        await pipeline(createReadStream(path.join(directory, name)), hash);
        tell("back", back, hash.digest("hex"));
    } finally {
        await rm(directory, { recursive: true });
    }
}

async function ports() {
    const forward = new k8s.PortForward(config);
    const server = net.createServer(async socket => {
        socket.on("error", () => socket.destroy());
        const connection = await forward.portForward(namespace, "box", [80], socket, null, socket);
        connection.on("close", () => socket.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const bodies = [];
    let asked = 0;
    const client = async () => {
        while (asked++ < REQUESTS) {
            const request = http.get({ port: server.address().port, host: "127.0.0.1", path: "/all", agent: false });
            const [response] = await once(request, "response");
            bodies.push(await text(response));
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    server.close();
    tell("forwarded", bodies.length, ...new Set(bodies.map(body => `${body.length} bytes, ${body.split("\n").at(-2)}`)));

    const errorOutput = new PassThrough();
    const refused = await forward.portForward(namespace, "box", [81], new PassThrough(), errorOutput, new PassThrough());
    await once(refused, "close");
    errorOutput.end();
    tell("refused", ...(await text(errorOutput)).match(/connection refused/) ?? []);
}

/** Every list of a namespace that is served is read by the client's own models. */
async function models() {
    const unread = [];
    for (const [kind, type] of Object.entries(k8s).filter(([each]) => each.endsWith("Api"))) {
        const listings = Object.getOwnPropertyNames(type.prototype ?? {})
            .filter(each => /^listNamespaced(?!.*(CustomObject|HttpInfo))/.test(each));
        for (const listing of listings) {
            await config.makeApiClient(type)[listing]({ namespace }).catch(failure =>
                failure.code === 404 || unread.push(`${kind}.${listing}: ${failure.message}`));
        }
    }
    tell("unread", ...unread.length === 0 ? ["none"] : unread);
}

await lists();
await discovered();
await errors();
await aDeployment();
await logs();
await runPod("box", "mkdir /www; seq 20000 >/www/all; exec httpd -f -h /www");
await commands();
await attachment();
await copies();
await ports();
await models();
