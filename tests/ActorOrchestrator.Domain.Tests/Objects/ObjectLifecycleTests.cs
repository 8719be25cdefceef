using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Networking;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Admission;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Objects;

public sealed class ObjectLifecycleTests
{
    private static readonly EntityKey Key = new("configmaps", "default", "settings");

    [Fact]
    public void A_created_object_gets_its_uid_and_time()
    {
        var created = Created().Object!;
        Assert.NotNull(created.Metadata.Uid);
        Assert.Null(created.Metadata.ResourceVersion);
        Assert.NotNull(created.Metadata.CreationTimestamp);
    }

    [Fact]
    public void Specs_are_counted_of_kinds_that_have_generations()
    {
        static Ingress Web(string name) => new()
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
            Spec = new IngressSpec
            {
                DefaultBackend = new() { Service = new() { Name = name, Port = new() { Number = 1 } } },
            },
        };
        var run = new EntityRun(new DocumentBehavior(), EntityKey.Of(Web("a"))).Send(new Create(Web("a")));
        Assert.Equal(1, run.Object!.Metadata.Generation);
        run.Send(new Replace(Web("b")));
        Assert.Equal(2, run.Object!.Metadata.Generation);
        Assert.Null(Created().Send(new Replace(Settings("2"))).Object!.Metadata.Generation);
    }

    [Fact]
    public void Creating_it_again_is_refused_but_for_the_same_uid_it_is_the_same_creation()
    {
        var run = Created();
        run.Send(new Create(Settings("2")));
        Assert.Equal("AlreadyExists", Refusal(run).Reason);
        var same = Settings("2") with { Metadata = Settings("2").Metadata with { Uid = run.Object!.Metadata.Uid } };
        run.Send(new Create(same));
        Assert.IsType<Reply.Accepted>(run.LastReply);
        Assert.Single(run.Journal);
    }

    /// <summary>Also when nothing would change: that would look like a resize that was done.</summary>
    [Theory]
    [InlineData(Subresources.Resize, 422)]
    [InlineData(null, null)]
    public void A_pod_that_cannot_be_resized_says_so(string? subresource, int? code)
    {
        var pod = AdmissionRun.Read(
            "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'resources':{'limits':{'cpu':'1'}},"
            + "'containers':[{'name':'c','image':'i'}]}}");
        var run = new EntityRun(new PodDecider(), EntityKey.Of(pod)).Send(new Create(pod));
        run.Send(new Replace(run.Object!) { Subresource = subresource });
        Assert.Equal(code, (run.LastReply as Reply.Rejected)?.Status.Code);
    }

    [Fact]
    public void A_child_whose_name_is_taken_tells_its_owner()
    {
        var run = Created();
        var claimed = Settings("2") with
        {
            Metadata = Settings("2").Metadata with { Uid = "wished", OwnerReferences = [Owner] },
        };
        run.Send(new Create(claimed));
        var told = Assert.Single(run.Effects.OfType<Effect.Tell>());
        Assert.Equal(new EntityKey("replicasets.apps", "default", "web"), told.To);
        Assert.Equal("wished", Assert.IsType<ChildRefused>(told.Message).Uid);
    }

    [Fact]
    public void A_write_that_changes_nothing_is_accepted_and_leaves_no_event()
    {
        var run = Created();
        run.Send(new Replace(Settings("1")));
        Assert.IsType<Reply.Accepted>(run.LastReply);
        Assert.Single(run.Journal);
    }

    [Fact]
    public void Identity_cannot_be_written()
    {
        var run = Created();
        var uid = run.Object!.Metadata.Uid;
        run.Send(new Replace(Settings("2") with
        {
            Metadata = Settings("2").Metadata with { CreationTimestamp = DateTimeOffset.UnixEpoch, Generation = 99 },
        }));
        var now = run.Object!.Metadata;
        Assert.Equal((uid, null), (now.Uid, now.Generation));
        Assert.NotEqual(DateTimeOffset.UnixEpoch, now.CreationTimestamp);
    }

    [Theory]
    [InlineData("other-uid", null)]
    [InlineData(null, "77")]
    public void A_precondition_that_fails_is_a_conflict_and_changes_nothing(string? uid, string? version)
    {
        var run = Created();
        var stale = Settings("2") with
        {
            Metadata = Settings("2").Metadata with { Uid = uid, ResourceVersion = version },
        };
        run.Send(new Replace(stale));
        Assert.Equal((409, "Conflict"), (Refusal(run).Code, Refusal(run).Reason));
        run.Send(new Delete(new DeleteOptions { Preconditions = new() { Uid = uid, ResourceVersion = version } }));
        Assert.Equal((409, "Conflict"), (Refusal(run).Code, Refusal(run).Reason));
        Assert.Single(run.Journal);
    }

    [Fact]
    public void A_dry_run_answers_as_if_and_changes_nothing()
    {
        var run = Created();
        run.Send(new Replace(Settings("2")) { DryRun = true });
        var answer = (ConfigMap)Assert.IsType<Reply.Accepted>(run.LastReply).Object;
        Assert.Equal("2", answer.Data["key"]);
        run.Send(Delete.Background with { DryRun = true });
        Assert.True(Assert.IsType<Reply.Accepted>(run.LastReply).Removed);
        Assert.Single(run.Journal);
    }

    [Fact]
    public void Finalizers_hold_a_deleted_object_until_the_last_is_removed()
    {
        var run = Created(finalizers: ["example.com/hold"]);
        run.Send(Delete.Background);
        Assert.NotNull(run.Object!.Metadata.DeletionTimestamp);
        run.Send(new Replace(Settings("1")));
        Assert.Null(run.Object);
    }

    [Theory]
    [InlineData("Foreground", Finalizers.Foreground)]
    [InlineData("Orphan", Finalizers.Orphan)]
    public void Propagation_is_a_finalizer_that_the_garbage_collector_does(string policy, string finalizer)
    {
        var run = Created();
        run.Send(new Delete(new DeleteOptions { PropagationPolicy = policy }));
        Assert.Equal([finalizer], run.Object!.Metadata.Finalizers);
        run.Send(new FinalizerDone("another-uid", finalizer));
        Assert.NotNull(run.Object);
        run.Send(new FinalizerDone(run.Object!.Metadata.Uid!, finalizer));
        Assert.Null(run.Object);
    }

    [Fact]
    public void An_orphan_is_adopted_once_and_its_controller_hears_of_it()
    {
        var run = Created();
        var uid = run.Object!.Metadata.Uid!;
        var first = new EntityKey("replicasets.apps", "default", "web");
        run.Send(new Adopt(first, uid, Owner));
        Assert.Equal([Owner], run.Object!.Metadata.OwnerReferences);
        run.Send(new Adopt(new EntityKey("replicasets.apps", "default", "late"), uid, Owner with { Uid = "late" }));
        Assert.Equal([Owner], run.Object!.Metadata.OwnerReferences);
        run.Send(new Release(uid, Owner.Uid));
        Assert.Empty(run.Object!.Metadata.OwnerReferences);
        Assert.Equal(3, run.Effects.OfType<Effect.Tell>().Count(tell => tell.Message is ChildReport));
    }

    [Fact]
    public void What_is_gone_reports_so_to_whoever_asks()
    {
        var run = Created();
        run.Send(Delete.Background);
        run.Send(new ReportToOwner(new EntityKey("replicasets.apps", "default", "web"), "some-uid"));
        var report = Assert.IsType<ChildReport>(Assert.IsType<Effect.Tell>(run.Effects[^1]).Message);
        Assert.Null(report.Object);
    }

    private static OwnerReference Owner => new()
    {
        ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "owner", Controller = true,
    };

    private static EntityRun Created(ValueList<string>? finalizers = null)
    {
        var value = Settings("1");
        return new EntityRun(new DocumentBehavior(), Key).Send(new Create(value with
        {
            Metadata = value.Metadata with { Finalizers = finalizers ?? [] },
        }));
    }

    private static Status Refusal(EntityRun run) => Assert.IsType<Reply.Rejected>(run.LastReply).Status;

    private static ConfigMap Settings(string value) => new()
    {
        Metadata = new ObjectMeta { Name = "settings", Namespace = "default" },
        Data = ValueMap<string>.From([KeyValuePair.Create("key", value)]),
    };
}
