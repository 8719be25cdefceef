using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>What a pod's spec says, as its containers see it and as they start and end.</summary>
public sealed class PodSpecTests(SharedCluster shared)
{
    [Fact]
    public async Task Names_addresses_users_and_files_are_as_the_spec_says()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, labels: {app: seen}, annotations: {note: "two\nlines"}}
            spec:
              hostname: named
              subdomain: group
              hostAliases: [{ip: 192.0.2.7, hostnames: [other.example, other]}]
              dnsPolicy: None
              dnsConfig: {nameservers: [192.0.2.53], searches: [corp.example], options: [{name: ndots, value: "2"}]}
              terminationGracePeriodSeconds: 1
              securityContext:
                runAsUser: 1000
                runAsGroup: 3000
                fsGroup: 2000
                supplementalGroups: [4000]
                sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "80"}]
              containers:
              - name: main
                image: busybox:1.35
                command: [sleep, "1000"]
                workingDir: /room
                resources: {limits: {memory: 64Mi}, requests: {cpu: 50m}}
                env:
                - {name: WHO, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
                - {name: WHERE, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
                - {name: BOTH, value: "$(WHO)-$(LIMIT)-$$(WHO)"}
                volumeMounts:
                - {name: room, mountPath: /room, subPathExpr: $(WHO)}
                - {name: told, mountPath: /told, readOnly: true}
              volumes:
              - {name: room, emptyDir: {}}
              - name: told
                downwardAPI:
                  items: [{path: note, fieldRef: {fieldPath: "metadata.annotations['note']"}, mode: 0440}]
            """);
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");

        Assert.Equal("named", await InAsync("hostname"));
        Assert.Contains($"named.group.{space.Name}.svc.cluster.local", await InAsync("cat /etc/hosts"));
        Assert.Contains("192.0.2.7 other.example other", (await InAsync("cat /etc/hosts")).Replace('\t', ' '));
        Assert.Equal(
            "nameserver 192.0.2.53\noptions ndots:2\nsearch corp.example",
            await InAsync("grep . /etc/resolv.conf | sort"));
        Assert.Equal("1000 3000 2000,3000,4000", await InAsync("echo $(id -u) $(id -g) $(id -G | tr ' ' '\\n' | "
            + "sort | tr '\\n' ',' | sed 's/,$//')"));
        Assert.Equal("80", await InAsync("cat /proc/sys/net/ipv4/ip_unprivileged_port_start"));
        Assert.Equal("/room", await InAsync("pwd"));
        Assert.Equal("seen-64-$(WHO)", await InAsync("echo \"$BOTH\""));
        Assert.Equal(await space.Kubectl.PathAsync("pod/p", ".status.podIP"), await InAsync("echo $WHERE"));
        Assert.Equal("2000", await InAsync("touch mine && stat -c %g mine"));
        Assert.Equal("two\nlines", await InAsync("cat /told/note"));
        Assert.Equal("440", await InAsync("stat -L -c %a /told/note"));
        (await space.Kubectl.RunAsync("exec", "p", "--", "touch", "/told/x")).Fails("Read-only file system");
        Assert.Equal("Burstable", await space.Kubectl.PathAsync("pod/p", ".status.qosClass"));

        async Task<string> InAsync(string script) =>
            (await space.Kubectl.OkAsync("exec", "p", "--", "sh", "-c", script)).Text.Trim();
    }

    [Fact]
    public async Task Init_containers_sidecars_hooks_and_ends_come_in_their_order()
    {
        await using var space = await shared.NewSpaceAsync();
        var directory = Places.NewScratch("order");
        try
        {
            await space.Kubectl.CreateAsync(Ordered(directory));
            await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
            await space.Kubectl.OkAsync("delete", "pod", "p");
            Assert.Equal(
                [
                    "first", "second", "sidecar", "sidecar's postStart", "main", "main's postStart", "main's preStop",
                    "main is told", "sidecar is told",
                ],
                await File.ReadAllLinesAsync(Path.Combine(directory, "order"), TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_container_is_stopped_by_the_signal_that_it_asks_for()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        const string Script = "trap \"echo interrupted; exit 0\" INT; trap \"echo terminated\" TERM; echo started; "
            + "while true; do sleep 0.1; done";
        const string Signal = "lifecycle: {stopSignal: SIGINT}";
        (await kubectl.RunAsync(["create", "-f", "-"], Manifests.Pod("p", Script, Signal))).Fails(
            "lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`");
        (await kubectl.CreateAsync(Manifests.Pod("p", Script, Signal, "os: {name: linux}\n"))).DoesNotSay("Warning");
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        Assert.Equal("SIGINT", await kubectl.PathAsync("pod/p", ".status.containerStatuses[0].stopSignal"));
        await using var log = kubectl.Follow("logs", "-f", "p");
        await log.SeesAsync("the start", lines => lines.Contains("started"));
        await kubectl.OkAsync("delete", "pod", "p", "--grace-period=60");
        await log.SeesAsync("the reaction", lines => lines.SequenceEqual(["started", "interrupted"]));
    }

    [Fact]
    public async Task Its_deadline_ends_a_pod()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(
            Manifests.Pod("p", "exec sleep 1000", spec: "activeDeadlineSeconds: 2\nrestartPolicy: OnFailure\n"));
        await space.Kubectl.WaitAsync("pod/p", "jsonpath={.status.phase}=Failed");
        Assert.Equal("DeadlineExceeded", await space.Kubectl.PathAsync("pod/p", ".status.reason"));
        Assert.Equal("", await space.Kubectl.PathAsync("pod/p", ".status.containerStatuses[0].state.running"));
    }

    [Fact]
    public async Task A_readiness_gate_holds_the_pod_back_until_somebody_opens_it()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "exec sleep 1000", spec: "readinessGates: [{conditionType: example.com/listed}]\n"));
        await space.Kubectl.WaitAsync("pod/p", "condition=ContainersReady");
        await Eventually.BecomesAsync(
            "the gate to be named", () => space.Kubectl.PathAsync(
                "pod/p", ".status.conditions[?(@.type==\"Ready\")]['status','reason']"),
            text => text == "False ReadinessGatesNotReady");
        await space.Kubectl.OkAsync(
            "patch", "pod", "p", "--subresource=status", "-p",
            """{"status":{"conditions":[{"type":"example.com/listed","status":"True"}]}}""");
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
    }

    [Fact]
    public async Task The_last_words_are_those_of_the_file_or_of_the_log()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "file", "echo of the file >/last; echo of the log; exit 3", "terminationMessagePath: /last\n",
            "restartPolicy: Never\n"));
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "log", "echo of the log; exit 3", "terminationMessagePolicy: FallbackToLogsOnError\n",
            "restartPolicy: Never\n"));
        foreach (var name in new[] { "file", "log" })
        {
            await space.Kubectl.WaitAsync($"pod/{name}", "jsonpath={.status.phase}=Failed");
            Assert.Equal($"of the {name}", (await space.Kubectl.PathAsync(
                $"pod/{name}", ".status.containerStatuses[0].state.terminated.message")).Trim());
        }
    }

    [Fact]
    public async Task A_probe_has_a_grace_period_of_its_own()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "trap : TERM; while true; do sleep 1; done",
            """
            livenessProbe:
              exec: {command: ["false"]}
              periodSeconds: 1
              failureThreshold: 1
              terminationGracePeriodSeconds: 1

            """,
            grace: 3600));
        await Eventually.BecomesAsync(
            "a restart", () => space.Kubectl.PathAsync("pod/p", ".status.containerStatuses[0].restartCount"),
            count => count.Length > 0 && count != "0");
        await space.Kubectl.OkAsync("delete", "pod", "p", "--grace-period=1");
    }

    [Fact]
    public async Task A_port_of_the_machine_leads_to_the_pod()
    {
        await using var space = await shared.NewSpaceAsync();
        var port = FreePort.Next();
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "echo through the port >/index.html; exec httpd -f -p 8080 -h /",
            $"ports: [{{containerPort: 8080, hostPort: {port}}}]\n"));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        var address = await space.Kubectl.PathAsync("pod/p", ".status.hostIP");
        await Page.IsServedAsync($"http://{address}:{port}/", text => text == "through the port\n");
    }

    /// <summary>A pod whose containers and hooks each write a line when it is their turn.</summary>
    private static string Ordered(string directory) =>
        $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          terminationGracePeriodSeconds: 20
          initContainers:
          - name: first
            image: busybox:1.35
            command: [sh, -c, "sleep 1; echo first >>/order/order"]
            volumeMounts: [{name: order, mountPath: /order}]
          - name: second
            image: busybox:1.35
            command: [sh, -c, "echo second >>/order/order"]
            volumeMounts: [{name: order, mountPath: /order}]
          - name: sidecar
            image: busybox:1.35
            restartPolicy: Always
            command:
            - sh
            - -c
            - |
              echo sidecar >>/order/order
              trap 'echo sidecar is told >>/order/order; exit' TERM
              while true; do sleep 0.1; done
            lifecycle:
              postStart: {exec: {command: [sh, -c, "sleep 1; echo \"sidecar's postStart\" >>/order/order"]}}
            volumeMounts: [{name: order, mountPath: /order}]
          containers:
          - name: main
            image: busybox:1.35
            command:
            - sh
            - -c
            - |
              echo main >>/order/order
              trap 'sleep 1; echo main is told >>/order/order; exit' TERM
              while true; do sleep 0.1; done
            lifecycle:
              postStart: {exec: {command: [sh, -c, "sleep 1; echo \"main's postStart\" >>/order/order"]}}
              preStop: {exec: {command: [sh, -c, "sleep 1; echo \"main's preStop\" >>/order/order"]}}
            volumeMounts: [{name: order, mountPath: /order}]
          volumes:
          - {name: order, hostPath: {path: {{{directory}}} }}
        """;
}
