using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Ownership;

/// <summary>Owners that have not heard of their children.</summary>
public sealed class ReportReminderTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly ProjectionRun _run = new(new ReportReminder());
    private readonly DateTimeOffset _begun;

    public ReportReminderTests() => _begun = _run.Now;

    private static readonly OwnerReference Reference = new()
    {
        ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "u-web", Controller = true,
    };

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["ReplicaSet, a pod becomes ready"] = new(Set(ready: 0), Pod(), Pod(ready: true), Set(ready: 1)),
        ["ReplicaSet, a pod is ready no more"] = new(Set(ready: 1), Pod(ready: true), Pod(), Set(ready: 0)),
        ["ReplicaSet, a pod fails"] = new(Set(ready: 0), Pod(), Over(Pod()), Set(ready: 0, replicas: 0)),
        ["ReplicaSet, a pod is to be replaced"] = new(
            Set(ready: 1), Pod(ready: true), Replacement.AsMarked(Pod(ready: true)), Set(ready: 1, wanted: 0)),
        ["ReplicationController"] = new(Controller(ready: 0), Pod(), Pod(ready: true), Controller(ready: 1)),
        ["DaemonSet"] = new(Daemons(ready: 0), Pod(), Pod(ready: true), Daemons(ready: 1)),
        ["StatefulSet"] = new(Numbered(ready: 0), Pod(), Pod(ready: true), Numbered(ready: 1)),
        ["Job, a pod ends"] = new(Work(active: 1), Pod(), Over(Pod()), Work(active: 0)),
        ["Job, a pod becomes ready"] = new(Work(active: 1), Pod(), Pod(ready: true), Work(active: 1, ready: 1)),
        ["Deployment"] = new(Web(ready: 0), Child(Set(ready: 0)), Child(Set(ready: 1)), Web(ready: 1)),
        ["CronJob"] = new(Tick(active: 1), Run(), Ended(Run()), Tick(active: 0)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_that_the_owner_does_not_show_is_asked_for_again_until_it_does(string name)
    {
        var (owner, before, after, shown) = Cases[name];
        _run.Put([owner, before, .. ShownBy(before)]).Start().EndBatch();
        Assert.Null(_run.WakesAt);

        _run.Put(after).EndBatch();
        Assert.Empty(_run.TakeTold());
        _run.SleepUntilWoken();
        Assert.Equal(_begun + Quiet, _run.Now);
        AssertAsked(before, owner);
        _run.SleepUntilWoken();
        Assert.Equal(_begun + 2 * Quiet, _run.Now);
        AssertAsked(before, owner);
        _run.SleepUntilWoken();
        Assert.Equal(_begun + 4 * Quiet, _run.Now);
        AssertAsked(before, owner);

        _run.Put(shown).SleepUntilWoken();
        Assert.Empty(_run.TakeTold());
        Assert.Null(_run.WakesAt);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_that_the_owner_shows_is_asked_for_by_nobody(string name)
    {
        var (owner, before, after, shown) = Cases[name];
        _run.Put([owner, before, .. ShownBy(before)]).Start().Put(after, shown).EndBatch().SleepUntilWoken();
        Assert.Empty(_run.Told);
        Assert.Null(_run.WakesAt);
    }

    [Fact]
    public void A_child_that_is_gone_is_asked_for_too()
    {
        var pod = Pod(ready: true);
        _run.Put(Set(ready: 1), pod).Start().Remove(pod).EndBatch().SleepUntilWoken();
        AssertAsked(Pod(), Set(ready: 1));
    }

    [Fact]
    public void A_job_on_its_way_out_may_be_shown_or_not()
    {
        var leaving = Run();
        leaving = leaving with { Metadata = leaving.Metadata with { DeletionTimestamp = _begun } };
        _run.Put(Tick(active: 1), Run()).Start().Put(leaving).EndBatch().SleepUntilWoken();
        Assert.Empty(_run.Told);
        _run.Put(Tick(active: 0), leaving with { Spec = leaving.Spec with { Parallelism = 2 } }).EndBatch();
        Assert.Empty(_run.Told);
    }

    [Fact]
    public void Nobody_is_asked_while_something_happens_to_them_but_not_for_ever()
    {
        _run.Put(Set(ready: 0), Pod()).Start().Put(Pod(ready: true)).EndBatch();
        for (var i = 1; i < 15; i++)
        {
            _run.Now += TimeSpan.FromSeconds(2);
            _run.Put(Set(ready: 0, replicas: i)).EndBatch();
            Assert.Empty(_run.Told);
        }

        while (_run.Told.Count == 0)
        {
            _run.SleepUntilWoken();
        }

        Assert.Equal(_begun + TimeSpan.FromSeconds(30), _run.Now);
        AssertAsked(Pod(), Set(ready: 0));
    }

    [Fact]
    public void An_owner_that_shows_something_else_for_good_is_left_alone_in_the_end()
    {
        _run.Put(Set(ready: 0), Pod()).Start().Put(Pod(ready: true)).EndBatch();
        var asked = 0;
        while (_run.WakesAt is not null)
        {
            asked += _run.SleepUntilWoken().TakeTold().Count;
        }

        Assert.Equal(8, asked);
    }

    [Fact]
    public void What_owners_do_not_show_when_it_begins_is_asked_for()
    {
        _run.Put(Set(ready: 0), Pod(ready: true)).Start();
        Assert.Empty(_run.Told);
        _run.SleepUntilWoken();
        Assert.Equal(_begun + Quiet, _run.Now);
        Assert.Equal(
            [(EntityKey.Of(Set(ready: 0)), Resync.Instance), (EntityKey.Of(Pod()), ReportOf(Pod(), Set(ready: 0)))],
            _run.TakeTold());
    }

    [Fact]
    public void An_owner_shows_a_child_that_went_before_it_began_and_is_told_to_ask_until_it_does_not()
    {
        _run.Put(Set(ready: 1)).Start();
        Assert.Empty(_run.Told);
        _run.SleepUntilWoken();
        Assert.Equal([(EntityKey.Of(Set(ready: 1)), Resync.Instance)], _run.TakeTold());
        _run.SleepUntilWoken();
        Assert.Equal([(EntityKey.Of(Set(ready: 1)), Resync.Instance)], _run.TakeTold());

        _run.Put(Set(ready: 0, replicas: 0)).SleepUntilWoken();
        Assert.Empty(_run.TakeTold());
        Assert.Null(_run.WakesAt);
    }

    [Fact]
    public void An_owner_that_shows_a_child_for_good_that_is_not_there_is_left_alone_in_the_end()
    {
        _run.Put(Set(ready: 1)).Start();
        var told = 0;
        while (_run.WakesAt is not null)
        {
            told += _run.SleepUntilWoken().TakeTold().Count;
        }

        Assert.Equal(8, told);
    }

    [Fact]
    public void Of_an_owner_that_is_gone_nothing_is_asked()
    {
        var set = Set(ready: 0);
        _run.Put(set, Pod()).Start().Put(Pod(ready: true)).Remove(set).EndBatch();
        while (_run.WakesAt is not null)
        {
            _run.SleepUntilWoken();
        }

        Assert.Empty(_run.Told);
    }

    [Fact]
    public void A_child_that_changed_its_owner_is_asked_for_by_both()
    {
        var other = Set(ready: 0, replicas: 0);
        other = other with { Metadata = other.Metadata with { Name = "other", Uid = "u-other" } };
        var moved = Pod();
        moved = moved with
        {
            Metadata = moved.Metadata with { OwnerReferences = [Owners.ReferenceTo(other)] },
        };
        _run.Put(Set(ready: 0), other, Pod()).Start().Put(moved).EndBatch().SleepUntilWoken();
        Assert.Equal(
            ["other", "web"],
            _run.TakeTold().Select(told => ((ReportToOwner)told.Message).Owner.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>No number of the owner's status shows it: the report was lost, or the order to let go.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_child_that_its_owners_selector_has_lost_is_asked_for_until_it_is_let_go(bool wasLostBefore)
    {
        var (owner, child, strayed) = (Selecting(Set(ready: 0)), Labelled("web"), Labelled("other"));
        if (wasLostBefore)
        {
            _run.Put(strayed, owner).Start();
        }
        else
        {
            _run.Put(owner, child).Start().Put(strayed).EndBatch();
        }

        for (var times = 0; times < 3; times++)
        {
            _run.SleepUntilWoken();
            Assert.Contains((EntityKey.Of(strayed), ReportOf(strayed, owner)), _run.TakeTold());
        }

        _run.Put(
            strayed with { Metadata = strayed.Metadata with { OwnerReferences = [] } },
            Selecting(Set(ready: 0, replicas: 0))).SleepUntilWoken();
        Assert.Empty(_run.TakeTold());
        Assert.Null(_run.WakesAt);
    }

    [Fact]
    public void One_that_is_still_selected_is_asked_for_by_nobody_and_one_that_stays_lost_not_for_ever()
    {
        var (owner, child) = (Selecting(Set(ready: 0)), Labelled("web"));
        var more = child.Metadata with { Labels = child.Metadata.Labels.With("more", "yes") };
        _run.Put(owner, child).Start().Put(child with { Metadata = more }).EndBatch();
        Assert.Null(_run.WakesAt);

        var asked = 0;
        _run.Put(Labelled("other")).EndBatch();
        while (_run.WakesAt is not null)
        {
            asked += _run.SleepUntilWoken().TakeTold().Count;
        }

        Assert.Equal(8, asked);
    }

    private static ReplicaSet Selecting(ReplicaSet set) => set with
    {
        Spec = set.Spec with
        {
            Selector = new LabelSelector { MatchLabels = ValueMap<string>.From([KeyValuePair.Create("app", "web")]) },
        },
    };

    private static Pod Labelled(string app)
    {
        var pod = Pod();
        return pod with
        {
            Metadata = pod.Metadata with { Labels = ValueMap<string>.From([KeyValuePair.Create("app", app)]) },
        };
    }

    private void AssertAsked(KubeObject child, KubeObject owner) => Assert.Equal(
        [(EntityKey.Of(child), ReportOf(child, owner))], _run.TakeTold());

    private static Message ReportOf(KubeObject child, KubeObject owner) =>
        new ReportToOwner(EntityKey.Of(owner), child.Metadata.Uid!);

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default", Uid = $"u-{name}" };

    private static T Child<T>(T value) where T : KubeObject => value with
    {
        Metadata = value.Metadata with { Name = "child", Uid = "u-child", OwnerReferences = [Reference] },
    };

    private static Pod Pod(bool ready = false) => Child(new Pod
    {
        Metadata = Meta("child"),
        Status = new PodStatus
        {
            Phase = "Running",
            Conditions = [new PodCondition { Type = "Ready", Status = ready ? "True" : "False" }],
        },
    });

    /// <summary>A child that is an owner itself shows a pod.</summary>
    private static IEnumerable<KubeObject> ShownBy(KubeObject child)
    {
        if (child is ReplicaSet)
        {
            var pod = Pod();
            yield return pod with
            {
                Metadata = pod.Metadata with
                {
                    Name = "pod", Uid = "u-pod", OwnerReferences = [Reference with { Name = "child", Uid = "u-child" }],
                },
            };
        }
    }

    private static Pod Over(Pod pod) => pod with { Status = pod.Status with { Phase = "Failed" } };

    private static ReplicaSet Set(int ready, int replicas = 1, int wanted = 1) => new()
    {
        Metadata = Meta("web"),
        Spec = new ReplicaSetSpec { Replicas = wanted },
        Status = new ReplicaSetStatus { Replicas = replicas, ReadyReplicas = ready, AvailableReplicas = ready },
    };

    private static ReplicationController Controller(int ready) => new()
    {
        Metadata = Meta("web"),
        Status = new ReplicationControllerStatus { Replicas = 1, ReadyReplicas = ready },
    };

    private static DaemonSet Daemons(int ready) => new()
    {
        Metadata = Meta("web"), Status = new DaemonSetStatus { CurrentNumberScheduled = 1, NumberReady = ready },
    };

    private static StatefulSet Numbered(int ready) => new()
    {
        Metadata = Meta("web"), Status = new StatefulSetStatus { Replicas = 1, ReadyReplicas = ready },
    };

    private static Deployment Web(int ready) => new()
    {
        Metadata = Meta("web"),
        Status = new DeploymentStatus { Replicas = 1, ReadyReplicas = ready, AvailableReplicas = ready },
    };

    private static Job Work(int active, int? ready = null) => new()
    {
        Metadata = Meta("web"), Status = new JobStatus { Active = active, Ready = ready },
    };

    private static CronJob Tick(int active) => new()
    {
        Metadata = Meta("web"),
        Status = new CronJobStatus
        {
            Active = [.. Enumerable.Repeat(new ObjectReference { Name = "child", Uid = "u-child" }, active)],
        },
    };

    private static Job Run()
    {
        var job = Child(new Job { Metadata = Meta("child") });
        return job with
        {
            Metadata = job.Metadata with
            {
                Annotations = job.Metadata.Annotations.With(ScheduledJobClaim.TimeAnnotation, "2026-01-01T00:00:00Z"),
            },
        };
    }

    private static Job Ended(Job job) => job with
    {
        Status = job.Status with
        {
            Conditions = [new JobCondition { Type = JobConditions.Complete, Status = "True" }],
        },
    };

    /// <summary>The owner and its child as both are shown, then the child as it becomes, and the owner as it shows
    /// that.</summary>
    private sealed record Case(KubeObject Owner, KubeObject Before, KubeObject After, KubeObject Shown);
}
