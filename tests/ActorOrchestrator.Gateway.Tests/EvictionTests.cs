using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>The eviction subresource, with a disruption budget on the way.</summary>
public sealed class EvictionTests
{
    private const string Eviction = "/api/v1/namespaces/default/pods/web-1/eviction";

    private const string Body = """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"web-1"}}""";

    [Fact]
    public async Task The_budget_is_asked_before_the_pod_is_told_to_go()
    {
        await using var gateway = await StartAsync(Budget("web"));
        gateway.Cluster.Before = (to, command) =>
            command is DisruptPod ? new Reply.Accepted(Budget("web")) : null;
        Assert.Equal(201, (await gateway.SendAsync("POST", Eviction, Body)).Code);
        Assert.Equal(["DisruptPod web", "Delete web-1"], SentIn(gateway));
    }

    [Fact]
    public async Task What_the_budget_refuses_is_answered_with_its_words_and_the_pod_stays()
    {
        await using var gateway = await StartAsync(Budget("web"));
        var status = new PodDisruptionBudgetStatus { DesiredHealthy = 3, CurrentHealthy = 3 };
        gateway.Cluster.Before = (to, command) =>
            command is DisruptPod ? new Reply.Rejected(EvictionRefusals.UsedUp("web", status)) : null;
        var refused = await gateway.SendAsync("POST", Eviction, Body);
        Assert.Equal((429, "TooManyRequests"), (refused.Code, refused.Reason));
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", refused.Message);
        Assert.Equal("DisruptionBudget", refused.At("details.causes.0.reason"));
        Assert.Equal(
            "The disruption budget web needs 3 healthy pods and has 3 currently",
            refused.At("details.causes.0.message"));
        Assert.Equal("", refused.Header("Retry-After"));
        Assert.Equal(["DisruptPod web"], SentIn(gateway));
    }

    [Fact]
    public async Task A_budget_that_is_not_counted_yet_says_when_to_try_again()
    {
        await using var gateway = await StartAsync(Budget("web"));
        gateway.Cluster.Before = (to, command) =>
            command is DisruptPod ? new Reply.Rejected(EvictionRefusals.NotCounted("web")) : null;
        var refused = await gateway.SendAsync("POST", Eviction, Body);
        Assert.Equal((429, "10"), (refused.Code, refused.Header("Retry-After")));
        Assert.Equal(
            "The disruption budget web is still being processed by the server.",
            refused.At("details.causes.0.message"));
    }

    [Fact]
    public async Task A_budget_that_is_gone_meanwhile_guards_nothing()
    {
        await using var gateway = await StartAsync(Budget("web"));
        gateway.Cluster.Before = (to, command) =>
        {
            if (command is not DisruptPod)
            {
                return null;
            }

            gateway.Cluster.Held.Commit(KindRegistry.Of<PodDisruptionBudget>(), "default", "web", null);
            return new Reply.Rejected(Statuses.NotFound(to.Resource, to.Name));
        };
        Assert.Equal(201, (await gateway.SendAsync("POST", Eviction, Body)).Code);
        Assert.Equal(["DisruptPod web", "Delete web-1"], SentIn(gateway));
    }

    [Fact]
    public async Task A_pod_that_becomes_ready_meanwhile_is_asked_for_again()
    {
        await using var gateway = await StartAsync(Budget("web"), isReady: false);
        gateway.Cluster.Before = (to, command) =>
        {
            if (command is DisruptPod { IsReady: false })
            {
                gateway.Cluster.Change(Web(isReady: true));
            }

            return command is DisruptPod ? new Reply.Accepted(Budget("web")) : null;
        };
        Assert.Equal(201, (await gateway.SendAsync("POST", Eviction, Body)).Code);
        Assert.Equal(["DisruptPod web", "Delete web-1", "DisruptPod web", "Delete web-1"], SentIn(gateway));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{}}""", "")]
    [InlineData("""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"b"}}""", "b")]
    public async Task An_eviction_names_its_pod(string body, string name)
    {
        await using var gateway = await StartAsync(Budget("web"));
        var refused = await gateway.SendAsync("POST", Eviction, body);
        Assert.Equal(
            (400, "name in URL does not match name in Eviction object: name in URL is \"web-1\", "
                + $"name in Eviction object is \"{name}\""),
            (refused.Code, refused.Message));
        Assert.Empty(gateway.Cluster.Sent);
    }

    [Fact]
    public async Task Several_budgets_are_an_error_and_the_pod_stays()
    {
        await using var gateway = await StartAsync(Budget("web"), more: Budget("other"));
        var refused = await gateway.SendAsync("POST", Eviction, Body);
        Assert.Equal(500, refused.Code);
        Assert.Equal(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
            refused.Message);
        Assert.Empty(gateway.Cluster.Sent);
    }

    private static async Task<RunningGateway> StartAsync(
        PodDisruptionBudget budget, bool isReady = true, PodDisruptionBudget? more = null)
    {
        var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(budget);
        if (more is not null)
        {
            gateway.Cluster.Put(more);
        }

        gateway.Cluster.Put(Web(isReady));
        return gateway;
    }

    private static IEnumerable<string> SentIn(RunningGateway gateway) =>
        gateway.Cluster.Sent.Select(sent => $"{sent.Command.GetType().Name} {sent.To.Name}");

    private static ValueMap<string> Labels => ValueMap<string>.From([KeyValuePair.Create("app", "web")]);

    private static PodDisruptionBudget Budget(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = $"u-{name}" },
        Spec = new PodDisruptionBudgetSpec
        {
            MinAvailable = 1, Selector = new LabelSelector { MatchLabels = Labels },
        },
    };

    private static Pod Web(bool isReady) => new()
    {
        Metadata = new ObjectMeta { Name = "web-1", Namespace = "default", Uid = "u-1", Labels = Labels },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Image = "x" }] },
        Status = new PodStatus
        {
            Phase = "Running", Conditions = [new PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }],
        },
    };
}
