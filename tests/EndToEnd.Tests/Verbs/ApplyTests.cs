using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl apply, create, replace, patch, edit, diff: the ways to write an object.</summary>
public sealed class ApplyTests(SharedCluster shared)
{
    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Apply_creates_then_configures_then_leaves_alone(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var first = Manifests.ConfigMap("settings", ("color", "red"), ("size", "1"));
        (await space.Kubectl.ApplyAsync(first)).Says("configmap/settings created");
        (await space.Kubectl.ApplyAsync(first)).Says("configmap/settings unchanged");
        (await space.Kubectl.ApplyAsync(Manifests.ConfigMap("settings", ("color", "blue"))))
            .Says("configmap/settings configured");
        Assert.Equal("""{"color":"blue"}""", await space.Kubectl.PathAsync("configmap/settings", ".data"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Server_side_apply_owns_fields_and_reports_conflicts(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var red = Manifests.ConfigMap("owned", ("color", "red"));
        var blue = Manifests.ConfigMap("owned", ("color", "blue"));
        (await space.Kubectl.ApplyAsync(red, "--server-side")).Says("configmap/owned serverside-applied");
        (await space.Kubectl.RunAsync(["apply", "-f", "-", "--server-side", "--field-manager=other"], blue))
            .Fails("conflict", ".data.color");
        Assert.Equal("red", await space.Kubectl.PathAsync("configmap/owned", ".data.color"));
        await space.Kubectl.ApplyAsync(blue, "--server-side", "--field-manager=other", "--force-conflicts");
        Assert.Equal("blue", await space.Kubectl.PathAsync("configmap/owned", ".data.color"));
        var managed = await space.Kubectl.JsonAsync(["get", "configmap", "owned", .. ShowManagedFields(version)]);
        Assert.Contains("other", managed["metadata"]!["managedFields"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Server_side_apply_removes_what_its_manager_no_longer_says(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.ApplyAsync(Manifests.ConfigMap("owned", ("a", "1"), ("b", "2")), "--server-side");
        await space.Kubectl.ApplyAsync(
            Manifests.ConfigMap("owned", ("c", "3")), "--server-side", "--field-manager=other");
        await space.Kubectl.ApplyAsync(Manifests.ConfigMap("owned", ("a", "1")), "--server-side");
        Assert.Equal("""{"a":"1","c":"3"}""", await space.Kubectl.PathAsync("configmap/owned", ".data"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Create_makes_objects_once(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        (await kubectl.OkAsync("create", "configmap", "c", "--from-literal=a=b")).Says("configmap/c created");
        (await kubectl.RunAsync("create", "configmap", "c")).Fails("configmaps \"c\" already exists");
        (await kubectl.OkAsync("create", "secret", "generic", "s", "--from-literal=p=w")).Says("secret/s created");
        Assert.Equal("dw==", await kubectl.PathAsync("secret/s", ".data.p"));
        (await kubectl.OkAsync("create", "serviceaccount", "robot")).Says("serviceaccount/robot created");
        (await kubectl.OkAsync("create", "deployment", "web", "--image=nginx:1.25", "--replicas=0"))
            .Says("deployment.apps/web created");
        (await kubectl.OkAsync("create", "job", "once", "--image=busybox:1.35", "--dry-run=server"))
            .Says("job.batch/once created (server dry run)");
        (await kubectl.RunAsync("get", "job", "once")).Fails("NotFound", "\"once\" not found");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_dry_run_of_any_write_changes_nothing(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.ApplyAsync(Manifests.ConfigMap("c", ("color", "red")));
        await kubectl.CreateAsync(Manifests.Deployment("web", 0));
        var before = await kubectl.PathAsync("configmap/c", ".metadata.resourceVersion");
        await kubectl.ApplyAsync(Manifests.ConfigMap("c", ("color", "blue")), "--dry-run=server");
        await kubectl.ApplyAsync(
            Manifests.ConfigMap("c", ("size", "1")), "--server-side", "--force-conflicts", "--dry-run=server");
        await kubectl.OkAsync("patch", "configmap", "c", "-p", "{\"data\":{\"color\":\"green\"}}", "--dry-run=server");
        await kubectl.OkAsync("label", "configmap", "c", "tier=front", "--dry-run=server");
        await kubectl.OkAsync("delete", "configmap", "c", "--dry-run=server");
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=3", "--dry-run=server");
        Assert.Equal(before, await kubectl.PathAsync("configmap/c", ".metadata.resourceVersion"));
        Assert.Equal("0", await kubectl.PathAsync("deployment/web", ".spec.replicas"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task An_edit_that_is_refused_changes_nothing_and_says_why(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 0));
        var scratch = Places.NewScratch("edit");
        var editor = new Dictionary<string, string?>
        {
            ["KUBE_EDITOR"] = "sed -i s/replicas:.0/replicas:\\ -1/", ["TMPDIR"] = scratch,
        };
        (await space.Kubectl.RunAsync(["edit", "deployment", "web"], "", environment: editor))
            .Fails("deployments.apps \"web\" is invalid", "no valid changes were saved");

        // kubectl opens the editor again with the reasons on top, and keeps that file when nothing is changed then.
        Assert.Contains(
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            string.Concat(Directory.EnumerateFiles(scratch).Select(File.ReadAllText)),
            StringComparison.Ordinal);
        Assert.Equal("0", await space.Kubectl.PathAsync("deployment/web", ".spec.replicas"));
        Directory.Delete(scratch, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Generated_names_differ(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        const string manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: gen-}\n";
        var one = (await space.Kubectl.CreateAsync(manifest, "-o", "name")).Text.Trim();
        var two = (await space.Kubectl.CreateAsync(manifest, "-o", "name")).Text.Trim();
        Assert.StartsWith("configmap/gen-", one, StringComparison.Ordinal);
        Assert.NotEqual(one, two);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Replace_needs_the_version_it_replaces(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.ConfigMap("c", ("a", "1")));
        var before = (await space.Kubectl.OkAsync("get", "configmap", "c", "-o", "json")).Text;
        (await space.Kubectl.RunAsync(["replace", "-f", "-"], before.Replace("\"1\"", "\"2\""))).Ok();
        (await space.Kubectl.RunAsync(["replace", "-f", "-"], before.Replace("\"1\"", "\"3\"")))
            .Fails("Conflict", "the object has been modified");
        Assert.Equal("2", await space.Kubectl.PathAsync("configmap/c", ".data.a"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Patches_of_three_types(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Deployment("web", 0, container: "env:\n- {name: A, value: \"1\"}\n"));
        const string env = "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\","
            + "\"env\":[{\"name\":\"B\",\"value\":\"2\"}]}]}}}}";
        await kubectl.OkAsync("patch", "deployment", "web", "-p", env);
        Assert.Equal("B A", Sorted(await kubectl.PathAsync(
            "deployment/web", ".spec.template.spec.containers[0].env[*].name"), "B", "A"));
        await kubectl.OkAsync("patch", "deployment", "web", "--type=merge", "-p", "{\"spec\":{\"paused\":true}}");
        Assert.Equal("true", await kubectl.PathAsync("deployment/web", ".spec.paused"));
        const string replace = "[{\"op\":\"test\",\"path\":\"/spec/paused\",\"value\":true},"
            + "{\"op\":\"remove\",\"path\":\"/spec/paused\"},"
            + "{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"tier\":\"front\"}}]";
        await kubectl.OkAsync("patch", "deployment", "web", "--type=json", "-p", replace);
        Assert.Equal("front", await kubectl.PathAsync("deployment/web", ".metadata.labels.tier"));
        (await kubectl.OkAsync("patch", "deployment", "web", "--type=merge", "-p", "{\"spec\":{\"paused\":null}}"))
            .Says("(no change)");
        (await kubectl.RunAsync("patch", "deployment", "web", "-p", "{\"spec\":{\"replicas\":-1}}"))
            .Fails("spec.replicas: Invalid value: -1", "must be greater than or equal to 0");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Edit_writes_what_the_editor_saved(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.ConfigMap("c", ("color", "red")));
        var editor = new Dictionary<string, string?> { ["KUBE_EDITOR"] = "sed -i s/red/green/" };
        (await space.Kubectl.RunAsync(["edit", "configmap", "c"], "", environment: editor)).Ok()
            .Says("configmap/c edited");
        Assert.Equal("green", await space.Kubectl.PathAsync("configmap/c", ".data.color"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Diff_shows_the_change_and_makes_none(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.ApplyAsync(Manifests.ConfigMap("c", ("color", "red")));
        var same = await space.Kubectl.RunAsync(["diff", "-f", "-"], Manifests.ConfigMap("c", ("color", "red")));
        Assert.True(same.ExitCode == 0, same.ToString());
        var other = await space.Kubectl.RunAsync(["diff", "-f", "-"], Manifests.ConfigMap("c", ("color", "blue")));
        Assert.True(other.ExitCode == 1, other.ToString());
        other.Says("-  color: red", "+  color: blue");
        Assert.Equal("red", await space.Kubectl.PathAsync("configmap/c", ".data.color"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Labels_and_annotations_are_set_changed_and_removed(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.ConfigMap("c", ("a", "1")));
        await kubectl.OkAsync("label", "configmap", "c", "tier=front", "app=shop");
        (await kubectl.RunAsync("label", "configmap", "c", "tier=back")).Fails("--overwrite");
        await kubectl.OkAsync("label", "configmap", "c", "tier=back", "--overwrite");
        await kubectl.OkAsync("label", "configmap", "c", "app-");
        Assert.Equal("""{"tier":"back"}""", await kubectl.PathAsync("configmap/c", ".metadata.labels"));
        await kubectl.OkAsync("annotate", "configmap", "c", "note=some text");
        Assert.Equal("some text", await kubectl.PathAsync("configmap/c", ".metadata.annotations.note"));
        await kubectl.OkAsync("annotate", "configmap", "c", "note-");
        Assert.Equal("", await kubectl.PathAsync("configmap/c", ".metadata.annotations.note"));
        (await kubectl.RunAsync("label", "configmap", "c", "bad key=x")).Fails();
    }

    [Fact]
    public async Task Unknown_and_wrong_fields_are_refused_by_name()
    {
        await using var space = await shared.NewSpaceAsync();
        var manifest = Manifests.Deployment("web", 1, spec: "replicaz: 3\n");
        (await space.Kubectl.RunAsync(["apply", "-f", "-"], manifest)).Fails("unknown field", "replicaz");
        (await space.Kubectl.RunAsync(["apply", "-f", "-", "--validate=warn"], manifest)).Ok().Says("replicaz");
        var wrong = Manifests.Deployment("wrong", 1).Replace("replicas: 1", "replicas: many");
        (await space.Kubectl.RunAsync(["apply", "-f", "-"], wrong)).Fails("replicas");
    }

    private static string[] ShowManagedFields(string version) =>
        version == Kubectl.New ? ["--show-managed-fields"] : [];

    private static string Sorted(string found, params string[] expected) =>
        string.Join(' ', expected.Where(found.Split(' ').Contains));
}
