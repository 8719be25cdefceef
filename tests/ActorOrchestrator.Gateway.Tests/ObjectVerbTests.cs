using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>get, create, update, patch, delete of one object.</summary>
public sealed class ObjectVerbTests
{
    private const string ApplyType = "application/apply-patch+yaml";

    [Fact]
    public async Task Creates_and_reads_back()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Assert.Equal(201, created.Code);
        Assert.Equal("default", created.At("metadata.namespace"));
        Assert.NotEqual("", created.At("metadata.uid"));
        var read = await gateway.GetAsync($"{ConfigMaps}/a");
        Assert.Equal(200, read.Code);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal("application/json", read.Header("Content-Type"));
    }

    [Fact]
    public async Task Creates_from_YAML_and_answers_in_YAML()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync(
            "POST", ConfigMaps, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: 'yes'}\n",
            "application/yaml", accept: "application/yaml");
        Assert.Equal(201, created.Code);
        Assert.Contains("name: a\n", created.Text);
        Assert.Contains("  key: \"yes\"\n", created.Text);
        Assert.Equal("application/yaml", created.Header("Content-Type"));
    }

    [Fact]
    public async Task Draws_a_generated_name_again_when_it_is_taken()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var refusals = 0;
        gateway.Cluster.Before = (key, command) => command is Create && refusals++ < 2
            ? new Reply.Rejected(Statuses.AlreadyExists(key.Resource, key.Name))
            : null;
        var created = await gateway.SendAsync(
            "POST", ConfigMaps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"a-"}}""");
        Assert.Equal(201, created.Code);
        Assert.Matches("^a-[bcdfghjklmnpqrstvwxz2456789]{5}$", created.At("metadata.name"));
        Assert.Equal(3, refusals);
    }

    [Theory]
    [InlineData("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{}}""", 422, "name or generateName is required")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":"A_b"}}""", 422, "metadata.name: Invalid value")]
    [InlineData("""{"kind":"Pod","metadata":{"name":"a"}}""", 400, "cannot be handled as a ConfigMap")]
    [InlineData("""{"apiVersion":"v2","metadata":{"name":"a"}}""", 400, "does not match the expected API version")]
    [InlineData(
        """{"kind":"ConfigMap","metadata":{"name":"a","namespace":"b"}}""", 400,
        "the namespace of the provided object does not match the namespace sent on the request")]
    [InlineData(
        """{"kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"4"}}""", 400,
        "resourceVersion should not be set on objects to be created")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":7}}""", 400, "cannot unmarshal number into Go struct field")]
    public async Task Refuses_what_cannot_be_created(string body, int code, string message)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", ConfigMaps, body);
        Assert.Equal(code, answer.Code);
        Assert.Contains(message, answer.Message);
        Assert.Empty(gateway.Cluster.Sent);
    }

    [Fact]
    public async Task Names_every_missing_field_of_an_empty_deployment()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync(
            "POST", Deployments, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{}}""");
        Assert.Equal(422, answer.Code);
        Assert.Equal("Invalid", answer.Reason);
        Assert.StartsWith("Deployment.apps \"a\" is invalid: ", answer.Message, StringComparison.Ordinal);
        Assert.Contains("spec.selector: Required value", answer.Message);
        Assert.Contains("spec.template.spec.containers: Required value", answer.Message);
    }

    [Theory]
    [InlineData("Warn", 201, "299 - \"unknown field \\\"dats\\\"\"")]
    [InlineData("Ignore", 201, "")]
    [InlineData("Strict", 400, "")]
    public async Task Unknown_fields_are_warned_of_ignored_or_refused(string validation, int code, string warning)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync(
            "POST", $"{ConfigMaps}?fieldValidation={validation}",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"dats":{}}""");
        Assert.Equal(code, answer.Code);
        Assert.Equal(warning, answer.Header("Warning"));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", $"{ConfigMaps}?dryRun=All", ConfigMapBody("a"));
        Assert.Equal(201, answer.Code);
        Assert.Equal(404, (await gateway.GetAsync($"{ConfigMaps}/a")).Code);
        var refused = await gateway.SendAsync("POST", $"{ConfigMaps}?dryRun=Some", ConfigMapBody("a"));
        Assert.Equal(
            (422, "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Some\": supported values: "
                + "\"All\""),
            (refused.Code, refused.Message));
    }

    [Fact]
    public async Task Updates_with_a_stale_version_conflict()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var first = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Assert.Equal(200, (await gateway.SendAsync("PUT", $"{ConfigMaps}/a", ConfigMapBody("a", "2"))).Code);
        var stale = await gateway.SendAsync("PUT", $"{ConfigMaps}/a", first.Text.Replace("\"1\"}", "\"3\"}"));
        Assert.Equal(409, stale.Code);
        Assert.Equal("Conflict", stale.Reason);
        Assert.Equal("2", (await gateway.GetAsync($"{ConfigMaps}/a")).At("data.key"));
    }

    [Fact]
    public async Task An_update_must_name_the_object_of_its_path_and_find_it()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var renamed = await gateway.SendAsync("PUT", $"{ConfigMaps}/a", ConfigMapBody("b"));
        Assert.Equal(400, renamed.Code);
        Assert.Equal("the name of the object (b) does not match the name on the URL (a)", renamed.Message);
        var absent = await gateway.SendAsync("PUT", $"{ConfigMaps}/a", ConfigMapBody("a"));
        Assert.Equal(404, absent.Code);
        Assert.Equal("configmaps \"a\" not found", absent.Message);
        var lease = await gateway.SendAsync(
            "PUT", "/apis/coordination.k8s.io/v1/namespaces/default/leases/l",
            """{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},"spec":{}}""");
        Assert.Equal(201, lease.Code);
    }

    [Fact]
    public async Task A_status_update_leaves_the_spec()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var body = (await gateway.SendAsync("POST", Deployments, DeploymentBody("a"))).Json;
        body["spec"]!["replicas"] = 9;
        body["status"] = System.Text.Json.Nodes.JsonNode.Parse("""{"replicas":4}""");
        var answer = await gateway.SendAsync("PUT", $"{Deployments}/a/status", body.ToJsonString());
        Assert.Equal(200, answer.Code);
        Assert.Equal("2", answer.At("spec.replicas"));
        Assert.Equal("4", answer.At("status.replicas"));
    }

    [Theory]
    [InlineData("%F0%9F%98%80", 201, "")]
    [InlineData("a%01", 422, "fieldManager: Invalid value: \"a\\u0001\": should only contain printable characters")]
    [InlineData("%E2%80%8B", 422, "should only contain printable characters")]
    [InlineData("M128", 201, "")]
    [InlineData("M129", 422, "fieldManager: Too long: may not be more than 128 bytes")]
    public async Task A_field_manager_has_a_printable_name(string name, int code, string complaint)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var manager = name[0] == 'M' ? new string('m', int.Parse(name[1..])) : name;
        var answer = await gateway.SendAsync("POST", $"{ConfigMaps}?fieldManager={manager}", ConfigMapBody("a"));
        Assert.Equal(code, answer.Code);
        Assert.Contains(complaint, answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent/1.0", "agent")]
    [InlineData("an\tagent/1.0", "anagent")]
    [InlineData("/1.0", "unknown")]
    public async Task Without_a_name_what_is_printable_of_the_agent_stands_for_it(string agent, string expected)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = gateway.NewClient(RunningGateway.AdminToken);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", agent);
        var answer = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"), client: client);
        Assert.Equal(expected, answer.At("metadata.managedFields.0.manager"));
    }

    [Fact]
    public async Task A_status_write_without_the_spec_leaves_the_defaults()
    {
        const string controllers = "/api/v1/namespaces/default/replicationcontrollers";
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", controllers, """
            {"metadata":{"name":"a"},"spec":{"template":{"metadata":{"labels":{"app":"x"}},
            "spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """);
        var answer = await gateway.SendAsync(
            "PUT", $"{controllers}/a/status", """{"metadata":{"name":"a"},"status":{"replicas":1}}""");
        Assert.Equal((200, "1", "x"), (answer.Code, answer.At("status.replicas"), answer.At("metadata.labels.app")));
    }

    /// <summary>Nor does what they say decide by which defaults the object is filled in.</summary>
    [Theory]
    [InlineData("PUT", "application/json")]
    [InlineData("PATCH", "application/merge-patch+json")]
    [InlineData("PATCH", ApplyType)]
    public async Task An_update_that_says_that_an_object_is_on_its_way_out_is_refused(string method, string type)
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string created = """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}""";
        await gateway.SendAsync("POST", "/api/v1/namespaces", created);
        const string body = """
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z",
            "generation":7,"labels":{"b":"c"}},"spec":{"finalizers":null}}
            """;
        var query = type == ApplyType ? "?fieldManager=me" : "";
        var answer = await gateway.SendAsync(method, $"/api/v1/namespaces/a{query}", body, type);
        Assert.Equal(
            (422, "metadata.deletionTimestamp"), (answer.Code, answer.At("details.causes.0.field")));
    }

    /// <summary>Kubernetes' status strategies keep the old spec, a Deployment its labels and a pod its owners; all
    /// other metadata is written. Uid and generation never are.</summary>
    [Theory]
    [InlineData("Deployment", "annotations finalizers ownerReferences")]
    [InlineData("ReplicaSet", "annotations finalizers labels ownerReferences")]
    [InlineData("Pod", "annotations finalizers labels")]
    [InlineData("Node", "annotations finalizers labels ownerReferences")]
    [InlineData("PersistentVolumeClaim", "annotations finalizers labels ownerReferences")]
    public async Task A_status_write_takes_the_metadata_too(string kind, string taken)
    {
        await using var gateway = await RunningGateway.StartAsync();
        KubeObject before = kind switch
        {
            "Deployment" => new Deployment { Metadata = Named("a") },
            "ReplicaSet" => new ReplicaSet { Metadata = Named("a") },
            "Pod" => Pod("a", "c"),
            "Node" => new Node { Metadata = Named("a") with { Namespace = null } },
            _ => new PersistentVolumeClaim { Metadata = Named("a") },
        };
        gateway.Cluster.Put(before);
        var found = KindRegistry.Of(before);
        var root = found.Group.Length == 0 ? "/api/v1" : $"/apis/{found.ApiVersion}";
        var path = $"{root}/{(found.Namespaced ? "namespaces/default/" : "")}{found.Plural}/a/status";
        var answer = await gateway.SendAsync(
            "PATCH", path,
            """
            {"metadata":{"annotations":{"a":"1"},"labels":{"l":"1"},"finalizers":["x.io/f"],"generation":9,
            "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"u"}]},"spec":{"replicas":9}}
            """,
            "application/merge-patch+json");
        Assert.Equal(
            (200, Generations.Has(before) ? "1" : ""), (answer.Code, answer.At("metadata.generation")));
        string[] fields = ["annotations", "finalizers", "labels", "ownerReferences"];
        Assert.Equal(taken, string.Join(' ', fields.Where(field => answer.Json["metadata"]![field] is not null)));
    }

    [Fact]
    public async Task A_resize_writes_resources_and_names_what_it_may_not()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(Pod("a", "c") with { Status = new PodStatus { QosClass = "BestEffort" } });
        const string Type = "application/strategic-merge-patch+json";
        var refused = await gateway.SendAsync(
            "PATCH", $"{Pods}/a/resize",
            """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}]}}""", Type);
        Assert.Equal((422, "spec"), (refused.Code, refused.At("details.causes.0.field")));
        var resized = await gateway.SendAsync(
            "PATCH", $"{Pods}/a/resize",
            """
            {"metadata":{"labels":{"l":"1"}},"spec":{"containers":[{"name":"c","image":"other",
            "resizePolicy":[{"resourceName":"cpu","restartPolicy":"RestartContainer"}]}]}}
            """,
            Type);
        Assert.Equal((200, "2", "i", "RestartContainer", ""), (
            resized.Code, resized.At("metadata.generation"), resized.At("spec.containers.0.image"),
            resized.At("spec.containers.0.resizePolicy.0.restartPolicy"), resized.At("metadata.labels")));
        Assert.Equal(resized.Text, (await gateway.GetAsync($"{Pods}/a/resize")).Text);
        Assert.Equal(404, (await gateway.GetAsync($"{Deployments}/a/resize")).Code);
    }

    [Theory]
    [InlineData("PATCH", "application/strategic-merge-patch+json", "1")]
    [InlineData("PATCH", "application/apply-patch+yaml", "1")]
    [InlineData("PUT", "application/json", "0")]
    public async Task Ephemeral_containers_are_added_by_their_subresource_alone(string verb, string type, string index)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var pod = Pod("a", "c");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                EphemeralContainers = [new EphemeralContainer { Name = "old", Image = "i" }],
                RestartPolicy = "Always", DnsPolicy = "Default", Containers = [.. pod.Spec.Containers.Select(
                    each => each with { TerminationMessagePolicy = "File", ImagePullPolicy = "Always" })],
            },
        };
        gateway.Cluster.Put(Defaults.Apply(pod));
        var part = $"{Pods}/a/ephemeralcontainers";
        var old = verb == "PUT" ? """,{"name":"old","image":"i"}""" : "";
        var body = $$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"l":"1"}},"spec":{
            "nodeName":"other","ephemeralContainers":[{"name":"e","image":"j","targetContainerName":"c"}{{{old}}}]}}
            """;
        if (type.EndsWith("yaml", StringComparison.Ordinal))
        {
            part += "?fieldManager=m";
        }

        Assert.Equal(422, (await gateway.SendAsync(verb, part, body.Replace("\"c\"", "\"x\""), type)).Code);
        var added = await gateway.SendAsync(verb, part, body, type);
        Assert.Equal((200, "2", "Always", "", "n1"), (
            added.Code, added.At("metadata.generation"),
            added.At($"spec.ephemeralContainers.{index}.imagePullPolicy"),
            added.At("metadata.labels"), added.At("spec.nodeName")));
        Assert.Equal(added.Text, (await gateway.GetAsync($"{Pods}/a/ephemeralcontainers")).Text);

        // An ordinary write may not touch them.
        var removed = await gateway.SendAsync(
            "PATCH", $"{Pods}/a", "{\"spec\":{\"ephemeralContainers\":[]}}", "application/merge-patch+json");
        Assert.Equal((422, "spec"), (removed.Code, removed.At("details.causes.0.field")));
        Assert.Equal(404, (await gateway.GetAsync($"{Deployments}/a/ephemeralcontainers")).Code);
    }

    [Fact]
    public async Task A_status_write_with_bad_metadata_is_refused_and_changes_nothing()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(Pod("a", "c"));
        var before = await gateway.GetAsync($"{Pods}/a");
        var answer = await gateway.SendAsync(
            "PATCH", $"{Pods}/a/status", """{"metadata":{"labels":{"no good":"1"}},"status":{"phase":"Running"}}""",
            "application/merge-patch+json");
        Assert.Equal((422, "metadata.labels"), (answer.Code, answer.At("details.causes.0.field")));
        Assert.Equal(before.Text, (await gateway.GetAsync($"{Pods}/a")).Text);
    }

    private static ObjectMeta Named(string name) => new() { Name = name, Namespace = "default" };

    [Fact]
    public async Task A_status_that_is_left_out_gets_its_defaults()
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string Claims = "/api/v1/namespaces/default/persistentvolumeclaims";
        const string Body = """
            {
              "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "a" },
              "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } }
            }
            """;
        Assert.Equal(201, (await gateway.SendAsync("POST", Claims, Body)).Code);
        Assert.Equal("Pending", (await gateway.SendAsync("PUT", $"{Claims}/a/status", Body)).At("status.phase"));
    }

    [Fact]
    public async Task Deletes_with_options_and_tells_what_went()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        var wrong = await gateway.SendAsync(
            "DELETE", $"{ConfigMaps}/a", """{"preconditions":{"uid":"other"}}""");
        Assert.Equal(409, wrong.Code);
        var deleted = await gateway.SendAsync("DELETE", $"{ConfigMaps}/a");
        Assert.Equal(200, deleted.Code);
        Assert.Equal("Success", deleted.At("status"));
        Assert.Equal(created.At("metadata.uid"), deleted.At("details.uid"));
        Assert.Equal("configmaps", deleted.At("details.kind"));
        Assert.Equal(404, (await gateway.SendAsync("DELETE", $"{ConfigMaps}/a")).Code);
    }

    [Theory]
    [InlineData("""{"propagationPolicy":"Sideways"}""", 422)]
    [InlineData("""{"propagationPolicy":"Orphan","orphanDependents":true}""", 422)]
    [InlineData("""{"dryRun":["Some"]}""", 422)]
    [InlineData("""{"kind":"Pod"}""", 400)]
    [InlineData("""{"gracePeriodSeconds":"soon"}""", 400)]
    public async Task Refuses_wrong_delete_options(string options, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Assert.Equal(code, (await gateway.SendAsync("DELETE", $"{ConfigMaps}/a", options)).Code);
        Assert.Equal(200, (await gateway.GetAsync($"{ConfigMaps}/a")).Code);
    }

    [Fact]
    public async Task Delete_options_may_stand_in_the_query()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        var answer = await gateway.SendAsync(
            "DELETE", $"{ConfigMaps}/a?propagationPolicy=Foreground&gracePeriodSeconds=7");
        Assert.Equal(202, answer.Code);
        var sent = Assert.IsType<Delete>(gateway.Cluster.Sent[^1].Command);
        Assert.Equal(("Foreground", 7L), (sent.Options.PropagationPolicy, sent.Options.GracePeriodSeconds));
    }

    [Fact]
    public async Task An_applied_scale_owns_the_replicas_by_its_subresource()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", Deployments, DeploymentBody("a"));
        var path = $"{Deployments}/a/scale?fieldManager=hpa";
        var applied = await gateway.SendAsync("PATCH", path, AppliedScale(3), ApplyType);
        Assert.Equal(
            (409, "Apply failed with 1 conflict: conflict with \"unknown\" using autoscaling/v1: .spec.replicas"),
            (applied.Code, applied.At("message")));
        applied = await gateway.SendAsync("PATCH", path + "&force=true", AppliedScale(3), ApplyType);
        Assert.Equal((200, "Scale", "3"), (applied.Code, applied.At("kind"), applied.At("spec.replicas")));
        await gateway.SendAsync("PATCH", path + "&force=true", AppliedScale(3), ApplyType);

        var owners = (await gateway.GetAsync($"{Deployments}/a")).Json["metadata"]!["managedFields"]!.AsArray();
        var hpa = Assert.Single(owners, each => each!["manager"]!.ToString() == "hpa")!;
        Assert.Equal(
            ("Apply", "scale", "apps/v1", """{"f:spec":{"f:replicas":{}}}"""),
            (hpa["operation"]!.ToString(), hpa["subresource"]!.ToString(), hpa["apiVersion"]!.ToString(),
                hpa["fieldsV1"]!.ToJsonString()));
        Assert.DoesNotContain("f:replicas", owners.Single(each => each!["manager"]!.ToString() == "unknown")!
            .ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(400, (await gateway.SendAsync(
            "PATCH", path, AppliedScale(3).Replace("autoscaling/v1", "apps/v1"), ApplyType)).Code);
        Assert.Equal(422, (await gateway.SendAsync("PATCH", path, AppliedScale(-1), ApplyType)).Code);
        Assert.Equal(404, (await gateway.SendAsync(
            "PATCH", path.Replace("/a/", "/b/", StringComparison.Ordinal), AppliedScale(1), ApplyType)).Code);
    }

    private static string AppliedScale(int replicas) =>
        $$$"""
        {"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":{{{replicas}}}}}
        """;

    [Fact]
    public async Task Reads_and_writes_the_scale()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", Deployments, DeploymentBody("a"));
        var scale = await gateway.GetAsync($"{Deployments}/a/scale");
        Assert.Equal("autoscaling/v1", scale.At("apiVersion"));
        Assert.Equal(("2", "app=a"), (scale.At("spec.replicas"), scale.At("status.selector")));
        var body = scale.Json;
        body["spec"]!["replicas"] = 5;
        var set = await gateway.SendAsync("PUT", $"{Deployments}/a/scale", body.ToJsonString());
        Assert.Equal("5", set.At("spec.replicas"));
        var patched = await gateway.SendAsync(
            "PATCH", $"{Deployments}/a/scale", """{"spec":{"replicas":3}}""", "application/merge-patch+json");
        Assert.Equal("3", patched.At("spec.replicas"));
        Assert.Equal("3", (await gateway.GetAsync($"{Deployments}/a")).At("spec.replicas"));
        body["spec"]!["replicas"] = -1;
        Assert.Equal(422, (await gateway.SendAsync("PUT", $"{Deployments}/a/scale", body.ToJsonString())).Code);
        Assert.Equal(404, (await gateway.GetAsync($"{ConfigMaps}/a/scale")).Code);
    }

    [Theory]
    [InlineData("{}", "the name of the object (a based on URL) was undeterminable: name must be provided")]
    [InlineData("""{"metadata":{"name":"b"},"spec":{"replicas":1}}""",
        "the name of the object (b) does not match the name on the URL (a)")]
    public async Task A_scale_says_whose_it_is(string body, string message)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", Deployments, DeploymentBody("a"));
        var refused = await gateway.SendAsync("PUT", $"{Deployments}/a/scale", body);
        Assert.Equal((400, message), (refused.Code, refused.Message));
        Assert.Equal("2", (await gateway.GetAsync($"{Deployments}/a")).At("spec.replicas"));
    }

    [Fact]
    public async Task Binds_and_evicts_pods()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(Pod("p", "c"));
        var bound = await gateway.SendAsync(
            "POST", $"{Pods}/p/binding",
            """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"kind":"Node","name":"n2"}}""");
        Assert.Equal(201, bound.Code);
        Assert.Equal("n2", Assert.IsType<BindPod>(gateway.Cluster.Sent[^1].Command).Node);
        var evicted = await gateway.SendAsync(
            "POST", $"{Pods}/p/eviction",
            """
            {"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"p"},
            "deleteOptions":{"gracePeriodSeconds":3}}
            """);
        Assert.Equal(201, evicted.Code);
        Assert.Equal(3, Assert.IsType<Delete>(gateway.Cluster.Sent[^1].Command).Options.GracePeriodSeconds);
    }
}
