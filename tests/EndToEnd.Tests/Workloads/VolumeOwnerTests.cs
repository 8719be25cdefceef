using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Volumes of containers that run as other users than root: as readable and writable as under kubelet,
/// whatever the modes of the directories that they lie in.</summary>
public sealed class VolumeOwnerTests(SharedCluster shared)
{
    private const string Objects = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: map}
        data: {key: of-map}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: word}
        stringData: {key: of-secret}
        """;

    private const string Mounts = """
        volumeMounts:
        - {name: map, mountPath: /map}
        - {name: word, mountPath: /word}
        - {name: tight, mountPath: /tight}
        - {name: labels, mountPath: /labels}
        - {name: all, mountPath: /all}
        - {name: disk, mountPath: /disk}
        - {name: disk, mountPath: /part, subPath: made/deep}
        - {name: memory, mountPath: /memory}
        """;

    private const string Volumes = """
        volumes:
        - {name: map, configMap: {name: map}}
        - {name: word, secret: {secretName: word}}
        - {name: tight, secret: {secretName: word, defaultMode: 0400}}
        - name: labels
          downwardAPI: {items: [{path: app, fieldRef: {fieldPath: "metadata.labels['app']"}}]}
        - name: all
          projected:
            defaultMode: 0440
            sources:
            - configMap: {name: map, items: [{key: key, path: map, mode: 0444}]}
            - secret: {name: word, items: [{key: key, path: word}]}
        - {name: disk, emptyDir: {}}
        - {name: memory, emptyDir: {medium: Memory}}
        """;

    /// <summary>What is read, what is written, and what each place looks like: owner, group, mode.</summary>
    private const string Script = """
        id -u; id -g; id -G;
        for f in /map/key /word/key /tight/key /labels/app /all/map /all/word; do
          printf "%s " $f; cat $f 2>/dev/null || printf refused; echo; done;
        for d in /disk /part /memory; do echo x >$d/f && stat -c "$d/f %u %g" $d/f; done;
        for p in /map /word /disk /part /memory /map/..data/key /word/..data/key /tight/..data/key /all/..data/word; do
          stat -c "%n %u %g %a" $p; done;
        echo words >/dev/termination-log && head -n 1 /etc/hosts && test -s /etc/resolv.conf && echo end
        """;

    /// <summary>Nobody's but root's file of mode 0400 is refused; all else is read and written.</summary>
    private const string AsUser = """
        1000
        3000
        3000
        /map/key of-map
        /word/key of-secret
        /tight/key refused
        /labels/app user
        /all/map of-map
        /all/word refused
        /disk/f 1000 3000
        /part/f 1000 3000
        /memory/f 1000 3000
        /map 0 0 777
        /word 0 0 1777
        /disk 0 0 777
        /part 0 0 777
        /memory 0 0 1777
        /map/..data/key 0 0 644
        /word/..data/key 0 0 644
        /tight/..data/key 0 0 400
        /all/..data/word 0 0 440
        # Kubernetes-managed hosts file.
        end
        """;

    /// <summary>The group of the volumes reads all, and new files are the group's.</summary>
    private const string AsGroup = """
        1000
        3000
        3000 2000
        /map/key of-map
        /word/key of-secret
        /tight/key of-secret
        /labels/app group
        /all/map of-map
        /all/word of-secret
        /disk/f 1000 2000
        /part/f 1000 2000
        /memory/f 1000 2000
        /map 0 2000 2777
        /word 0 2000 3777
        /disk 0 2000 2777
        /part 0 2000 2777
        /memory 0 2000 3777
        /map/..data/key 0 2000 644
        /word/..data/key 0 2000 644
        /tight/..data/key 0 2000 440
        /all/..data/word 0 2000 440
        # Kubernetes-managed hosts file.
        end
        """;

    [Theory]
    [InlineData("user", "{runAsUser: 1000, runAsGroup: 3000}", AsUser)]
    [InlineData("group", "{runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000}", AsGroup)]
    public async Task Other_users_reach_their_volumes(string name, string context, string expected)
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.ApplyAsync(Objects);
        await space.Kubectl.CreateAsync(Manifests.Pod(
            name, Script.Replace('\n', ' '), Mounts, $"restartPolicy: Never\nsecurityContext: {context}\n{Volumes}"));
        await space.Kubectl.WaitAsync($"pod/{name}", "jsonpath={.status.phase}=Succeeded");
        var told = (await space.Kubectl.OkAsync("logs", name)).Text;
        Assert.Equal(expected.ReplaceLineEndings("\n") + "\n", told);
        Assert.Equal("words\n", await space.Kubectl.PathAsync(
            $"pod/{name}", ".status.containerStatuses[0].state.terminated.message"));
    }

    /// <summary>A later change of the objects is seen too, with the modes that the volume has.</summary>
    [Fact]
    public async Task Other_users_see_changes()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.ApplyAsync(Objects);
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "until grep -q new /tight/key; do sleep 0.1; done; stat -c \"%g %a\" /tight/..data/key",
            Mounts, "restartPolicy: Never\nsecurityContext: {runAsUser: 1000, fsGroup: 2000}\n" + Volumes));
        await space.Kubectl.WaitAsync("pod/p", "jsonpath={.status.phase}=Running");
        await space.Kubectl.OkAsync("patch", "secret", "word", "-p", "{\"stringData\":{\"key\":\"new\"}}");
        await space.Kubectl.WaitAsync("pod/p", "jsonpath={.status.phase}=Succeeded");
        Assert.Equal("2000 440\n", (await space.Kubectl.OkAsync("logs", "p")).Text);
    }

    /// <summary>The process runtime is asked by the user that it runs as; others it refuses, and says so.</summary>
    [Fact]
    public async Task Plain_processes_reach_theirs_and_are_nobody_else()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        await kubectl.ApplyAsync(Objects);
        const string show = "echo \"$ACTOR_ORCHESTRATOR_MOUNTS\" | while IFS== read -r at from; do case $at in "
            + "/tight) cat $from/key; echo; stat -c \"%u %g %a\" $from/..data/key $from;; "
            + "/disk) echo x >$from/f; stat -c \"%g %a\" $from $from/f;; esac; done";
        await kubectl.CreateAsync(Manifests.Pod(
            "own", show, Mounts, $"restartPolicy: Never\nsecurityContext: {{fsGroup: 2000}}\n{Volumes}"));
        await kubectl.WaitAsync("pod/own", "jsonpath={.status.phase}=Succeeded");
        Assert.Equal(
            "of-secret\n0 2000 440\n0 2000 3777\n2000 2777\n2000 644\n", (await kubectl.OkAsync("logs", "own")).Text);

        await kubectl.CreateAsync(Manifests.Pod("other", "true", "securityContext: {runAsUser: 1000}"));
        await Eventually.BecomesAsync("the refusal", async () => await kubectl.PathAsync(
            "pod/other", ".status.containerStatuses[0].state.waiting.message"),
            message => message.Contains("asks for user 1000: the process runtime runs everything as the agent's own"));
    }
}
