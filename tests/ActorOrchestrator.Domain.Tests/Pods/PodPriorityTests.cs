using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Priorities.PriorityClassTests;

namespace ActorOrchestrator.Domain.Tests.Pods;

/// <summary>The texts are those of Kubernetes' admission plugin Priority.</summary>
public sealed class PodPriorityTests
{
    private static readonly EntityKey Key = new("pods", "default", "web-1");

    private static readonly PriorityClasses Known =
        PriorityClasses.None.With(Class("high", 1000)).With(Class("polite", 500, policy: "Never"));

    private static readonly PriorityClasses WithDefault = Known.With(Class("usual", 7, isDefault: true));

    [Theory]
    [InlineData(null, null, 0, "PreemptLowerPriority")]
    [InlineData("high", "high", 1000, "PreemptLowerPriority")]
    [InlineData("polite", "polite", 500, "Never")]
    public void A_pod_gets_the_priority_and_policy_of_its_class(
        string? given, string? name, int priority, string policy)
    {
        var spec = Created(new PodSpec { PriorityClassName = given }, Known);
        Assert.Equal((name, priority, policy), (spec.PriorityClassName, spec.Priority, spec.PreemptionPolicy));
    }

    [Fact]
    public void Without_a_class_it_is_of_the_default_one()
    {
        var spec = Created(new PodSpec(), WithDefault);
        Assert.Equal(("usual", 7), (spec.PriorityClassName, spec.Priority));
        Assert.Equal(1000, Created(new PodSpec { PriorityClassName = "high" }, WithDefault).Priority);
    }

    [Fact]
    public void What_it_says_of_itself_may_only_be_the_same()
    {
        var same = new PodSpec { PriorityClassName = "polite", Priority = 500, PreemptionPolicy = "Never" };
        Assert.Equal(500, Created(same, Known).Priority);
        Assert.Equal(
            "pods \"web-1\" is forbidden: the integer value of priority (501) must not be provided in pod spec; "
            + "priority admission controller computed 500 from the given PriorityClass name",
            Refused(same with { Priority = 501 }));
        Assert.Equal(
            "pods \"web-1\" is forbidden: the string value of PreemptionPolicy (PreemptLowerPriority) must not be "
            + "provided in pod spec; priority admission controller computed Never from the given PriorityClass name",
            Refused(same with { PreemptionPolicy = "PreemptLowerPriority" }));
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused() => Assert.Equal(
        "pods \"web-1\" is forbidden: no PriorityClass with name nothing was found",
        Refused(new PodSpec { PriorityClassName = "nothing" }));

    [Fact]
    public void It_keeps_its_priority_when_the_class_is_gone_and_its_owner_asks_again()
    {
        var create = new Create(Named(new PodSpec { PriorityClassName = "high" }));
        var run = new EntityRun(new PodDecider(), Key) { Priorities = Known }.Send(create);
        run.Priorities = PriorityClasses.None;
        run.Send(create);
        Assert.IsType<Reply.Accepted>(run.LastReply);
        Assert.Equal(1000, ((Pod)run.Restart().Object!).Spec.Priority);
    }

    private static PodSpec Created(PodSpec spec, PriorityClasses classes)
    {
        var run = new EntityRun(new PodDecider(), Key) { Priorities = classes }.Send(new Create(Named(spec)));
        return ((Pod)run.Object!).Spec;
    }

    private static string? Refused(PodSpec spec)
    {
        var run = new EntityRun(new PodDecider(), Key) { Priorities = Known }.Send(new Create(Named(spec)));
        Assert.Null(run.Object);
        return Assert.IsType<Reply.Rejected>(run.LastReply).Status.Message;
    }

    private static Pod Named(PodSpec spec) => new()
    {
        Metadata = new ObjectMeta { Name = "web-1", Namespace = "default", Uid = "uid-of-web-1" },
        Spec = spec with { Containers = [new Container { Name = "main", Image = "busybox" }] },
    };
}
