using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Priorities;

public sealed class PriorityClassTests
{
    [Fact]
    public void There_is_one_default_at_most()
    {
        var run = RunOf("second", PriorityClasses.None.With(Class("first", 10, isDefault: true)));
        run.Send(new Create(Class("second", 20, isDefault: true)));
        Assert.Equal(
            "priorityclasses.scheduling.k8s.io \"second\" is forbidden: PriorityClass first is already marked as "
            + "default. Only one default can exist",
            Refused(run).Message);

        run.Send(new Create(Class("second", 20)));
        Assert.IsType<Reply.Accepted>(run.LastReply);
        run.Send(new Replace(Class("second", 20, isDefault: true)));
        Assert.Equal(403, Refused(run).Code);
    }

    [Fact]
    public void The_default_may_be_changed()
    {
        var first = Class("first", 10, isDefault: true);
        var run = RunOf("first", PriorityClasses.None).Send(new Create(first));
        run.Priorities = PriorityClasses.None.With(first);
        run.Send(new Replace(first with { Description = "for most pods" }));
        Assert.Equal("for most pods", ((PriorityClass)run.Object!).Description);
    }

    [Fact]
    public void The_systems_classes_stay_and_others_go()
    {
        foreach (var create in SystemPriorityClasses.Creations)
        {
            var run = RunOf(create.Object.Metadata.Name!, PriorityClasses.None).Send(create).Send(Delete.Background);
            Assert.EndsWith("this is a system priority class and cannot be deleted", Refused(run).Message);
            Assert.NotNull(run.Object);
        }

        Assert.Null(
            RunOf("own", PriorityClasses.None).Send(new Create(Class("own", 1))).Send(Delete.Background).Object);
    }

    [Fact]
    public void Of_two_defaults_the_lower_counts_and_none_is_the_default_without_them()
    {
        var classes = PriorityClasses.None.With(Class("a", 20, isDefault: true)).With(Class("b", 10, isDefault: true));
        Assert.Equal("b", classes.Default?.Metadata.Name);
        Assert.Null(classes.Without("a").Without("b").With(Class("c", 1)).Default);
    }

    internal static PriorityClass Class(string name, int value, bool isDefault = false, string? policy = null) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Value = value,
        GlobalDefault = isDefault,
        PreemptionPolicy = policy ?? "PreemptLowerPriority",
    };

    private static EntityRun RunOf(string name, PriorityClasses classes) => new(
        new PriorityClassDecider(), new EntityKey("priorityclasses.scheduling.k8s.io", "", name))
    {
        Priorities = classes,
    };

    private static Status Refused(EntityRun run) => Assert.IsType<Reply.Rejected>(run.LastReply).Status;
}
