using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Tests.Deployments;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.ConfigRollouts;

/// <summary>What the roller asks for. Its messages are obeyed only where a test says so.</summary>
public sealed class ConfigRollerTests
{
    private readonly ProjectionRun _run = new(new ConfigRoller());
    private int _version;

    private Deployment Current => (Deployment)_run.Get(DeploymentBuilder.Key)!;

    private string? Pins => Current.Metadata.Annotations.GetValueOrDefault(ConfigPins.Revisions);

    [Fact]
    public void Copies_come_first_then_the_annotation_that_names_them()
    {
        _run.Put(Map("one"), Workload()).Start();
        var copy = Assert.IsType<ConfigMap>(Assert.IsType<Create>(Assert.Single(_run.TakeTold()).Message).Object);
        Assert.True(copy.Immutable);
        Assert.Equal(("one", "u1"), (copy.Data["text"], Assert.Single(copy.Metadata.OwnerReferences).Uid));
        Assert.Null(ObjectLifecycle.ControllerOf(copy));
        _run.Put(Stored(copy)).EndBatch();
        var replaced = Assert.IsType<Replace>(Assert.Single(_run.TakeTold()).Message).Object;
        Assert.Equal($"configmaps/app={copy.Metadata.Name},secrets/words=",
            replaced.Metadata.Annotations[ConfigPins.Revisions]);
        Assert.Equal(Current.Metadata.ResourceVersion, replaced.Metadata.ResourceVersion);
        _run.Put(Stored(replaced)).EndBatch();
        Assert.Empty(_run.Told);
        Assert.Null(_run.WakesAt);
    }

    [Fact]
    public void What_is_lost_is_asked_for_again_and_an_event_tells_when_that_does_not_help()
    {
        _run.Put(Map("one"), Workload()).Start();
        var first = Assert.Single(_run.TakeTold());
        _run.SleepUntilWoken();
        var second = Assert.Single(_run.TakeTold());
        Assert.Equal((first.To, ((Create)first.Message).Object), (second.To, ((Create)second.Message).Object));
        Assert.Empty(_run.RecordedEvents);
        _run.SleepUntilWoken().SleepUntilWoken();
        var (reason, message) = Assert.Single(_run.RecordedEvents);
        Assert.Equal("FailedConfigCopy", reason);
        Assert.Contains("ConfigMap app", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_changes_together_is_one_rollout()
    {
        Settle(Map("one"), Secret("alpha"), Workload());
        var (before, template) = (Pins, Current.Pinned());
        _run.Put(Map("two")).EndBatch();
        ObeyOnce();
        Assert.True(ConfigPins.IsPending(Current));
        _run.Now += TimeSpan.FromMilliseconds(500);
        _run.Put(Secret("beta")).EndBatch();
        ObeyOnce();
        Assert.Equal(2, Pins!.Count(letter => letter == '*'));
        Assert.Equal(template, Current.Pinned());
        _run.EndBatch();
        Assert.Empty(_run.Told);
        _run.SleepUntilWoken();
        Assert.Equal(2, _run.Told.Select(told => told.Message).OfType<Create>().Count());
        Obey();
        Assert.False(ConfigPins.IsPending(Current));
        Assert.DoesNotContain(before!.Split(',')[0], Pins, StringComparison.Ordinal);
        Assert.DoesNotContain(before.Split(',')[1], Pins, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_that_was_there_before_has_its_copy_already()
    {
        Settle(Map("one"), Workload());
        var (first, revision) = (Pins, Revision("web-1"));
        _run.Put(revision, Map("two"));
        Settle();
        Assert.NotEqual(first, Pins);
        _run.Put(Map("one"));
        Settle();
        Assert.Equal(first, Pins);
    }

    [Fact]
    public void A_change_of_labels_is_none_of_content()
    {
        Settle(Map("one"), Workload());
        var map = Map("one");
        Assert.False(ConfigPins.IsPending(Current));
        _run.Put(map with { Metadata = map.Metadata with { Labels = DeploymentBuilder.Label("a", "b") } }).EndBatch();
        _run.SleepUntilWoken();
        Assert.Empty(_run.Told);
    }

    [Fact]
    public void A_source_that_goes_leaves_its_copy_in_use()
    {
        Settle(Map("one"), Workload());
        var pins = Pins;
        _run.Remove(Map("one"));
        Settle();
        Assert.Equal(pins, Pins);
    }

    [Fact]
    public void An_undone_template_names_copies_and_they_are_used_as_they_are()
    {
        Settle(Map("one"), Workload());
        var old = Current.Pinned();
        _run.Put(Revision("web-1"), Map("two"));
        Settle();
        _run.Put(Stored(Current.WithSpec(spec => spec with { Template = old })));
        Settle();
        Assert.Equal(old, Current.Pinned());
        _run.Put(Map("three"));
        Settle();
        Assert.Equal(old, Current.Pinned());
    }

    [Fact]
    public void Copies_that_no_revision_names_are_deleted()
    {
        Settle(Map("one"), Workload());
        var (first, revision) = (Current.Pinned(), Revision("web-1"));
        _run.Put(revision, Map("two"));
        Settle();
        Assert.Equal(2, Copies.Count);
        _run.Remove(revision);
        Settle();
        Assert.DoesNotContain(Assert.Single(Copies).Metadata.Name, ConfigReferences.Of(first.Spec).Select(r => r.Name));
    }

    [Fact]
    public void Who_asks_no_more_loses_the_annotation_and_who_is_gone_is_forgotten()
    {
        Settle(Map("one"), Workload());
        _run.Put(Stored(Current with
        {
            Metadata = Current.Metadata with { Annotations = Current.Metadata.Annotations.Without(ConfigPins.Asks) },
        }));
        Settle();
        Assert.Null(Pins);
        Assert.Empty(Copies);
        _run.Remove(Current).Put(Map("two")).EndBatch();
        Assert.Empty(_run.Told);
    }

    [Fact]
    public void Workloads_do_not_share_copies()
    {
        var other = Workload();
        other = other with { Metadata = other.Metadata with { Name = "other", Uid = "u2" } };
        Settle(Map("one"), Workload(), other);
        Assert.Equal(2, Copies.Select(copy => copy.Metadata.Name).Distinct().Count());
    }

    private List<KubeObject> Copies => [.. _run.Objects.Where(ConfigCopy.Is)];

    private void Settle(params KubeObject[] objects)
    {
        _run.Put(objects).Start();
        Obey();
    }

    /// <summary>Does what the roller says, until it has nothing more to say.</summary>
    private void Obey()
    {
        for (var i = 0; i < 20; i++)
        {
            ObeyOnce();
            _run.EndBatch();
            if (_run.Told.Count == 0 && _run.WakesAt is null)
            {
                return;
            }

            if (_run.Told.Count == 0)
            {
                _run.SleepUntilWoken();
            }
        }

        Assert.Fail("the roller goes on and on");
    }

    private void ObeyOnce()
    {
        foreach (var (to, message) in _run.TakeTold())
        {
            _ = message switch
            {
                Create create => _run.Put(Stored(create.Object)),
                Replace replace => _run.Put(Stored(replace.Object)),
                Delete => _run.Remove(_run.Get(to)!),
                _ => throw new InvalidOperationException($"{message}"),
            };
        }
    }

    private KubeObject Stored(KubeObject value) => value with
    {
        Metadata = value.Metadata with
        {
            Uid = value.Metadata.Uid ?? $"c{++_version}", ResourceVersion = $"{++_version}",
        },
    };

    private KubeObject Map(string text) => Stored(new ConfigMap
    {
        Metadata = new ObjectMeta { Name = "app", Namespace = "default", Uid = "map" },
        Data = DeploymentBuilder.Label("text", text),
    });

    private KubeObject Secret(string word) => Stored(new Secret
    {
        Metadata = new ObjectMeta { Name = "words", Namespace = "default", Uid = "secret" },
        Data = DeploymentBuilder.Label("word", word),
        Type = "Opaque",
    });

    /// <summary>The ReplicaSet of the template as it is rolled out now.</summary>
    private ReplicaSet Revision(string name) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name, OwnerReferences = [Owners.ReferenceTo(Current)],
        },
        Spec = new ReplicaSetSpec { Template = Current.Pinned() },
    };

    private KubeObject Workload()
    {
        var made = DeploymentBuilder.Make(2);
        return Stored(made with
        {
            Metadata = made.Metadata with
            {
                Uid = "u1", Annotations = DeploymentBuilder.Label(ConfigPins.Asks, "true"),
            },
            Spec = made.Spec with
            {
                Template = made.Spec.Template with { Spec = ConfigPinsTests.Using(made.Spec.Template.Spec) },
            },
        });
    }
}
