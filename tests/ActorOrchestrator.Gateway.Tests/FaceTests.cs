using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>The same objects by another group or version, and other ways to the same places.</summary>
public sealed class FaceTests
{
    private const string New = "/apis/events.k8s.io/v1/namespaces/default/events";
    private const string Old = "/api/v1/namespaces/default/events";

    private const string Recorded =
        """
        {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e"},
        "eventTime":"2026-01-01T00:00:00.000001Z",
        "reportingController":"x.io/robot","reportingInstance":"robot-1","action":"Weld","reason":"Welded",
        "regarding":{"kind":"Pod","namespace":"default","name":"p"},"note":"all welded","type":"Normal",
        "series":{"count":2,"lastObservedTime":"2026-01-01T00:00:01.000000Z"}}
        """;

    [Fact]
    public async Task Events_of_either_group_are_the_same_events()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", New, Recorded);
        Assert.Equal(
            (201, "events.k8s.io/v1", "all welded"), (created.Code, created.At("apiVersion"), created.At("note")));
        var old = await gateway.GetAsync($"{Old}/e");
        Assert.Equal(
            ("v1", "all welded", "x.io/robot", "p", "2", ""),
            (old.At("apiVersion"), old.At("message"), old.At("reportingComponent"), old.At("involvedObject.name"),
                old.At("series.count"), old.At("note")));

        await gateway.SendAsync("POST", Old,
            """
            {"apiVersion":"v1","kind":"Event","metadata":{"name":"f"},
            "involvedObject":{"namespace":"default","name":"q"},"message":"hm","source":{"component":"c"},
            "firstTimestamp":"2026-01-01T00:00:00Z","count":3}
            """);
        var shown = await gateway.GetAsync($"{New}/f");
        Assert.Equal(
            ("hm", "q", "c", "3", "2026-01-01T00:00:00Z", ""),
            (shown.At("note"), shown.At("regarding.name"), shown.At("deprecatedSource.component"),
                shown.At("deprecatedCount"), shown.At("deprecatedFirstTimestamp"), shown.At("message")));

        var list = await gateway.GetAsync($"{New}?fieldSelector=regarding.name=q");
        Assert.Equal(("EventList", "events.k8s.io/v1"), (list.At("kind"), list.At("apiVersion")));
        Assert.Equal("f", Assert.Single(list.Json["items"]!.AsArray())!["metadata"]!["name"]!.ToString());
        Assert.Equal(2, (await gateway.GetAsync("/apis/events.k8s.io/v1/events")).Json["items"]!.AsArray().Count);
    }

    /// <summary>Who wrote by a version owns the fields that this version has.</summary>
    [Fact]
    public async Task Fields_are_owned_by_the_names_that_they_were_written_by()
    {
        const string Autoscalers = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", $"{Autoscalers}?fieldManager=one", Autoscaler(70));
        Assert.Equal(201, created.Code);
        AssertOwned(created, "70");
        var changed = await gateway.SendAsync(
            "PATCH", $"{Autoscalers}/a?fieldManager=one", "{\"spec\":{\"targetCPUUtilizationPercentage\":60}}",
            "application/merge-patch+json");
        Assert.Equal(200, changed.Code);
        AssertOwned(changed, "60");

        var applied = await gateway.SendAsync(
            "PATCH", $"{Autoscalers}/a?fieldManager=two", Autoscaler(50), "application/apply-patch+yaml");
        Assert.Equal(409, applied.Code);
        Assert.Contains(".spec.targetCPUUtilizationPercentage", applied.Message, StringComparison.Ordinal);

        static void AssertOwned(Answer answer, string expected)
        {
            Assert.Equal(expected, answer.At("spec.targetCPUUtilizationPercentage"));
            var entry = Assert.Single(answer.Json["metadata"]!["managedFields"]!.AsArray())!;
            Assert.Equal("autoscaling/v1", entry["apiVersion"]!.ToString());
            var owned = entry["fieldsV1"]!["f:spec"]!.AsObject().Select(field => field.Key);
            Assert.Contains("f:targetCPUUtilizationPercentage", owned);
            Assert.DoesNotContain("f:metrics", owned);
        }

        static string Autoscaler(int percentage) =>
            "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"HorizontalPodAutoscaler\",\"metadata\":{\"name\":\"a\"},"
            + "\"spec\":{\"maxReplicas\":3,\"scaleTargetRef\":{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
            + "\"name\":\"d\"},"
            + $"\"targetCPUUtilizationPercentage\":{percentage}}}}}";
    }

    [Theory]
    [InlineData("application/strategic-merge-patch+json", """{"series":{"count":7}}""")]
    [InlineData("application/merge-patch+json", """{"series":{"count":7}}""")]
    [InlineData("application/json-patch+json",
        """[{"op":"replace","path":"/series/count","value":7}]""")]
    [InlineData("application/apply-patch+yaml",
        """
        {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e"},"series":{"count":7}}
        """)]
    public async Task A_patch_is_one_of_the_face(string type, string patch)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", New, Recorded);
        var force = type == "application/apply-patch+yaml" ? "&force=true" : "";
        var patched = await gateway.SendAsync("PATCH", $"{New}/e?fieldManager=me{force}", patch, type);
        Assert.Equal((200, "7"), (patched.Code, patched.At("series.count")));
        Assert.Equal("7", (await gateway.GetAsync($"{Old}/e")).At("series.count"));
    }

    [Theory]
    [InlineData("\"type\":\"Normal\"", "\"type\":\"Odd\"", "type: Invalid value: \"\": has invalid value: Odd")]
    [InlineData("\"action\":\"Weld\",", "", "action: Required value")]
    [InlineData("\"reportingController\":\"x.io/robot\",", "", "reportingController: Required value")]
    [InlineData("\"note\"", "\"deprecatedCount\":1,\"note\"", "count: Invalid value: \"\": needs to be unset")]
    [InlineData("\"eventTime\":\"2026-01-01T00:00:00.000001Z\",", "", "eventTime: Required value")]
    public async Task A_new_event_is_complete(string part, string changed, string complaint)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", New, Recorded.Replace(part, changed, StringComparison.Ordinal));
        Assert.Equal(422, answer.Code);
        Assert.Contains(complaint, answer.At("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy/v1beta1", "poddisruptionbudgets", "policy/v1",
        """
        {"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"b"},"spec":{"minAvailable":1}}
        """)]
    [InlineData("autoscaling/v1", "horizontalpodautoscalers", "autoscaling/v2",
        """
        {"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"b"},"spec":{
        "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},"maxReplicas":3,
        "targetCPUUtilizationPercentage":70}}
        """)]
    [InlineData("batch/v1beta1", "cronjobs", "batch/v1",
        """
        {"apiVersion":"batch/v1beta1","kind":"CronJob","metadata":{"name":"b"},
        "spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":
        {"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}
        """)]
    public async Task An_older_version_shows_the_same_objects(string older, string plural, string current, string body)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", $"/apis/{older}/namespaces/default/{plural}", body);
        Assert.Equal((201, older), (created.Code, created.At("apiVersion")));
        var asCurrent = await gateway.GetAsync($"/apis/{current}/namespaces/default/{plural}/b");
        Assert.Equal(current, asCurrent.At("apiVersion"));
        Assert.Equal(older, (await gateway.GetAsync($"/apis/{older}/namespaces/default/{plural}")).At("apiVersion"));
        Assert.Equal(200, (await gateway.SendAsync("DELETE", $"/apis/{older}/namespaces/default/{plural}/b")).Code);
    }

    [Theory]
    [InlineData("application/merge-patch+json", """{"spec":{"targetCPUUtilizationPercentage":50}}""")]
    [InlineData("application/apply-patch+yaml",
        """
        {"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"a"},"spec":{
        "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},"maxReplicas":3,
        "targetCPUUtilizationPercentage":50}}
        """)]
    public async Task An_autoscaler_that_is_changed_by_its_older_version_keeps_what_only_the_newer_one_says(
        string type, string patch)
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string old = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
        const string current = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
        var created = await gateway.SendAsync("POST", current,
            """
            {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"a"},"spec":{
            "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},"maxReplicas":3,
            "metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization",
            "averageUtilization":70}}},{"type":"Pods","pods":{"metric":{"name":"hits"},"target":{
            "type":"AverageValue","averageValue":"5"}}}],
            "behavior":{"scaleDown":{"stabilizationWindowSeconds":60}}}}
            """);
        Assert.Equal(201, created.Code);
        Assert.Equal("70", (await gateway.GetAsync($"{old}/a")).At("spec.targetCPUUtilizationPercentage"));
        var force = type == "application/apply-patch+yaml" ? "&force=true" : "";
        var patched = await gateway.SendAsync("PATCH", $"{old}/a?fieldManager=me{force}", patch, type);
        Assert.Equal((200, "50"), (patched.Code, patched.At("spec.targetCPUUtilizationPercentage")));
        var now = await gateway.GetAsync($"{current}/a");
        Assert.Contains("\"averageUtilization\":50", now.Text, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"hits\"", now.Text, StringComparison.Ordinal);
        Assert.Equal("60", now.At("spec.behavior.scaleDown.stabilizationWindowSeconds"));
        Assert.Equal("", now.At("metadata.annotations"));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n7"}}""", 201)]
    [InlineData("""{"metadata":{"name":"nosuch"},"target":{"kind":"Node","name":"n7"}}""", 404)]
    [InlineData("""{"metadata":{"name":"p","namespace":"other"},"target":{"kind":"Node","name":"n7"}}""", 400)]
    [InlineData("""{"target":{"kind":"Node","name":"n7"}}""", 400)]
    [InlineData("""{"metadata":{"name":"p"},"target":{"kind":"Node"}}""", 422)]
    public async Task A_binding_may_be_posted_to_its_own_collection(string body, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var pod = Pod("p", "c");
        gateway.Cluster.Put(pod with { Spec = pod.Spec with { NodeName = null } });
        var answer = await gateway.SendAsync("POST", "/api/v1/namespaces/default/bindings", body);
        Assert.Equal(code, answer.Code);
        var bound = (Pod)gateway.Cluster.View.Get(Api.KindRegistry.Of<Pod>(), "default", "p")!;
        Assert.Equal(code == 201 ? "n7" : null, bound.Spec.NodeName);
    }

    [Fact]
    public async Task A_watch_path_with_a_name_shows_that_object_only()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("b"));
        var watched = await gateway.GetAsync("/api/v1/watch/namespaces/default/configmaps/a?timeoutSeconds=1");
        Assert.Contains("\"name\":\"a\"", watched.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"name\":\"b\"", watched.Text, StringComparison.Ordinal);
        var got = await gateway.GetAsync($"{ConfigMaps}/a?watch=true&timeoutSeconds=1");
        Assert.Equal(("ConfigMap", "a"), (got.At("kind"), got.At("metadata.name")));
    }
}
