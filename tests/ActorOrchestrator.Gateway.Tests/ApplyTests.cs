using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Server-side apply of one object, and of many at <c>/apply</c>.</summary>
public sealed class ApplyTests
{
    private const string Repeated =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: '1'\n  k: '2'\n";

    [Theory]
    [InlineData("POST", "", "application/yaml")]
    [InlineData("PATCH", "/a", "application/apply-patch+yaml")]
    public async Task What_becomes_of_repeated_keys_the_client_says(string method, string name, string type)
    {
        await using var gateway = await RunningGateway.StartAsync();
        Task<Answer> Send(string validation) => gateway.SendAsync(
            method, $"{ConfigMaps}{name}?fieldManager=m&dryRun=All&fieldValidation={validation}", Repeated, type);
        var (ignore, warn, strict) = (await Send("Ignore"), await Send("Warn"), await Send("Strict"));
        Assert.Equal((201, "2", ""), (ignore.Code, ignore.At("data.k"), ignore.Header("Warning")));
        Assert.Equal((201, "2"), (warn.Code, warn.At("data.k")));
        Assert.Contains("line 6: key \\\"k\\\" already set in map", warn.Header("Warning"), StringComparison.Ordinal);
        Assert.Equal(400, strict.Code);
        Assert.Contains("line 6: key \"k\" already set in map", strict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_accepted_with_a_doubt_is_answered_with_a_warning()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var body = Samples.DeploymentBody("web").Replace("\"image\":\"i\"", """
            "image":"i","env":[{"name":"A","value":"1"},{"name":"A","value":"1"}]
            """, StringComparison.Ordinal);
        var created = await gateway.SendAsync("POST", Samples.Deployments, body);
        Assert.Equal(201, created.Code);
        Assert.Contains(
            "spec.template.spec.containers[0].env[1]: hides previous definition", created.Header("Warning"),
            StringComparison.Ordinal);

        // It is said again with each new generation, as in Kubernetes.
        (string, bool)[] patches = [("{'spec':{'replicas':3}}", true), ("{'metadata':{'labels':{'a':'b'}}}", false)];
        foreach (var (patch, isSaid) in patches)
        {
            var patched = await gateway.SendAsync(
                "PATCH", $"{Samples.Deployments}/web", patch.Replace('\'', '"'), "application/merge-patch+json");
            Assert.Equal((200, isSaid), (patched.Code, patched.Header("Warning").Length > 0));
        }
    }

    private const string ApplyPatch = "application/apply-patch+yaml";

    [Theory]
    [InlineData("PATCH", "application/merge-patch+json")]
    [InlineData("PATCH", ApplyPatch)]
    [InlineData("PUT", "application/json")]
    public async Task What_is_refused_is_answered_by_its_error_alone(string verb, string type)
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(new Namespace { Metadata = new ObjectMeta { Name = "default" } });
        gateway.Cluster.Put(Samples.Pod("p", "c"));
        const string Enforce = "\"pod-security.kubernetes.io/enforce\":\"restricted\"";

        var refused = await SendAsync(Enforce + ",\"pod-security.kubernetes.io/warn\":\"nonsense\"");
        Assert.Equal((422, ""), (refused.Code, refused.Header("Warning")));
        var accepted = await SendAsync(Enforce);
        Assert.Equal(200, accepted.Code);
        Assert.Contains("existing pods in namespace", accepted.Header("Warning"), StringComparison.Ordinal);

        Task<Answer> SendAsync(string labels) => gateway.SendAsync(
            verb, "/api/v1/namespaces/default?fieldManager=one", "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\","
            + $"\"metadata\":{{\"name\":\"default\",\"labels\":{{{labels}}}}}}}", type);
    }

    [Fact]
    public async Task Creates_then_merges_then_changes_nothing()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var path = $"{ConfigMaps}/a?fieldManager=one";
        const string Config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {mine: '1'}\n";
        var created = await gateway.SendAsync("PATCH", path, Config, ApplyPatch);
        Assert.Equal((201, "one", "Apply"), (
            created.Code, created.At("metadata.managedFields.0.manager"),
            created.At("metadata.managedFields.0.operation")));
        var merged = await gateway.SendAsync(
            "PATCH", $"{ConfigMaps}/a?fieldManager=two",
            Config.Replace("mine: '1'", "other: '2'", StringComparison.Ordinal),
            ApplyPatch);
        Assert.Equal((200, "1", "2"), (merged.Code, merged.At("data.mine"), merged.At("data.other")));
        var again = await gateway.SendAsync("PATCH", path, Config, ApplyPatch);
        Assert.Equal(merged.At("metadata.resourceVersion"), again.At("metadata.resourceVersion"));
    }

    [Fact]
    public async Task Anothers_field_is_a_conflict_unless_forced()
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string Config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: '1'}\n";
        await gateway.SendAsync("PATCH", $"{ConfigMaps}/a?fieldManager=one", Config, ApplyPatch);
        var other = Config.Replace("'1'", "'2'", StringComparison.Ordinal);
        var refused = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a?fieldManager=two", other, ApplyPatch);
        Assert.Equal((409, "Conflict", "FieldManagerConflict"), (
            refused.Code, refused.Reason, refused.At("details.causes.0.reason")));
        var forced = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a?fieldManager=two&force=true", other, ApplyPatch);
        Assert.Equal((200, "2"), (forced.Code, forced.At("data.key")));
    }

    [Fact]
    public async Task What_others_wrote_is_owned_by_them()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", $"{ConfigMaps}?fieldManager=maker", ConfigMapBody("a"));
        Assert.Equal(("maker", "Update"), (
            created.At("metadata.managedFields.0.manager"), created.At("metadata.managedFields.0.operation")));
        var updated = await gateway.SendAsync("PUT", $"{ConfigMaps}/a?fieldManager=changer", ConfigMapBody("a", "2"));
        Assert.Contains("\"manager\":\"changer\"", updated.Text);
    }

    [Theory]
    [InlineData("", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}", 422)]
    [InlineData("?fieldManager=x", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}", 400)]
    [InlineData("?fieldManager=x", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}", 400)]
    [InlineData("?fieldManager=x", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndota: {}", 400)]
    [InlineData("?fieldManager=x", "a: [", 400)]
    [InlineData("?fieldManager=x", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {-: x}}", 422)]
    public async Task Refuses_a_wrong_configuration(string query, string config, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a{query}", config, ApplyPatch);
        Assert.Equal((code, "Status"), (answer.Code, answer.At("kind")));
        Assert.Empty(gateway.Cluster.Sent);
    }

    [Fact]
    public async Task Applies_all_documents_namespaces_first()
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string Manifest = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, namespace: n1}
            data: {key: '1'}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: n1, labels: {team: x}}
            ---
            # nothing here
            ---
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
            """;
        var first = await gateway.SendAsync("POST", "/apply", Manifest, "application/yaml");
        Assert.Equal((200, ""), (first.Code, first.Message));
        Assert.Equal("created created created", Results(first));
        Assert.Equal("namespaces", gateway.Cluster.Sent[0].To.Resource);
        Assert.Equal("default", first.At("items.2.namespace"));
        var second = await gateway.SendAsync(
            "POST", "/apply", Manifest.Replace("'1'", "'2'", StringComparison.Ordinal), "application/yaml");
        Assert.Equal("configured unchanged unchanged", Results(second));
        var owner = await gateway.GetAsync("/api/v1/namespaces/n1/configmaps/a");
        Assert.Equal("actor-orchestrator-apply", owner.At("metadata.managedFields.0.manager"));
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}", "document 1: ConfigMap \"A\" is invalid", 422)]
    [InlineData("apiVersion: v1\nkind: Thing\nmetadata: {name: a}", "document 1: no matches for kind \"Thing\"", 400)]
    [InlineData("apiVersion: v1\nkind: ConfigMap", "document 1: ConfigMap: metadata.name is required", 400)]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndota: 1", "document 1: ", 400)]
    [InlineData("just text", "document 1: no matches for kind", 400)]
    public async Task One_wrong_document_keeps_all_from_being_applied(string wrong, string message, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync(
            "POST", "/apply", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: good}}\n---\n{wrong}\n",
            "application/yaml");
        Assert.Equal(code, answer.Code);
        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
        Assert.Empty(gateway.Cluster.Sent);
    }

    [Fact]
    public async Task An_entitys_refusal_is_told_among_the_results()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Before = (key, _) => key.Name == "b"
            ? new Reply.Rejected(Statuses.Forbidden(key.Resource, key.Name, "no"))
            : null;
        var answer = await gateway.SendAsync(
            "POST", "/apply", $"[{ConfigMapBody("a")},{ConfigMapBody("b")}]");
        Assert.Equal((207, "created refused"), (answer.Code, Results(answer)));
        Assert.Equal("403", answer.At("items.1.status.code"));
    }

    [Fact]
    public async Task Only_who_may_applies()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var jane = gateway.NewClient(RunningGateway.UserToken);
        Assert.Equal(403, (await gateway.SendAsync("POST", "/apply", ConfigMapBody("a"), client: jane)).Code);
        using var anonymous = gateway.NewClient(token: null);
        Assert.Equal(401, (await gateway.SendAsync("POST", "/apply", ConfigMapBody("a"), client: anonymous)).Code);
    }

    private static string Results(Answer answer) =>
        string.Join(' ', answer.Json["items"]!.AsArray().Select(item => item!["result"]!.ToString()));
}
