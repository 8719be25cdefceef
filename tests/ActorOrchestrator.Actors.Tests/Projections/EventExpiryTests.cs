using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Tests.Projections;

/// <summary>Events live for an hour after they were last seen. Times in minutes after noon.</summary>
public sealed class EventExpiryTests : ProjectionContext
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EventExpiry _expiry = new(TimeSpan.FromMinutes(60));
    private readonly List<(string Name, Message Message)> _told = [];
    private DateTimeOffset _now = Noon;
    private DateTimeOffset? _wakeAt;

    public override DateTimeOffset Now => _now;

    [Fact]
    public void An_event_is_deleted_an_hour_after_it_was_last_seen_and_no_earlier()
    {
        See(Event("a", 0));
        Assert.Equal((60, ""), (WakesAt, DeletedAt(59)));
        Assert.Equal("a", DeletedAt(60));
        Assert.Equal(Delete.Background, _told[0].Message);
        Assert.Equal("", DeletedAt(200));
    }

    [Fact]
    public void One_that_is_seen_again_lives_for_another_hour()
    {
        See(Event("a", 0));
        See(Event("a", 30));
        Assert.Equal("", DeletedAt(60));
        Assert.Equal((90, ""), (WakesAt, DeletedAt(89)));
        Assert.Equal("a", DeletedAt(90));
    }

    [Fact]
    public void One_that_was_deleted_meanwhile_is_not_deleted_again_and_one_of_its_name_lives_its_own_hour()
    {
        See(Event("a", 0));
        Gone("a");
        Assert.Equal("", DeletedAt(60));
        See(Event("a", 61));
        Assert.Equal("", DeletedAt(120));
        Assert.Equal("a", DeletedAt(121));
    }

    [Fact]
    public void One_without_a_time_counts_from_its_creation_and_one_without_that_from_when_it_came()
    {
        See(Event("a", null, created: 10));
        _now = Noon.AddMinutes(20);
        See(Event("b", null, created: null));
        Assert.Equal("a", DeletedAt(70));
        Assert.Equal("b", DeletedAt(80));
    }

    [Fact]
    public void One_that_is_seen_at_the_end_of_time_stays_and_hinders_no_other()
    {
        See(Event("endless", 0) with { LastTimestamp = LaterTime.End });
        See(Event("a", 0));
        Assert.Equal("a", DeletedAt(60));
        Assert.Equal(LaterTime.End, _wakeAt);
    }

    [Fact]
    public void Many_that_are_due_go_together_in_the_order_of_their_time()
    {
        See(Event("late", 5));
        See(Event("early", 1));
        See(Event("last", 9));
        Assert.Equal("early late", DeletedAt(66));
        Assert.Equal(69, WakesAt);
    }

    [Fact]
    public void Other_kinds_are_let_alone()
    {
        var map = new ConfigMap { Metadata = new ObjectMeta { Name = "m", Namespace = "default" } };
        _expiry.OnChange(new ObjectChange(EntityKey.Of(map), null, map, 1), this);
        Assert.Equal("", DeletedAt(10_000));
        Assert.Null(_wakeAt);
    }

    public override void Tell(EntityKey to, Message message) => _told.Add((to.Name, message));

    public override void RecordEvent(
        KubeObject regarding, string type, string reason, string message, string component) =>
        Assert.Fail("an Event's end is no news");

    public override void WakeAt(DateTimeOffset due) => _wakeAt = due;

    private double? WakesAt
    {
        get
        {
            _expiry.OnBatchEnd(this);
            return (_wakeAt - Noon)?.TotalMinutes;
        }
    }

    private string DeletedAt(int minutes)
    {
        _now = Noon.AddMinutes(minutes);
        var before = _told.Count;
        _expiry.OnBatchEnd(this);
        return string.Join(' ', _told.Skip(before).Select(told => told.Name));
    }

    private void See(Event seen) =>
        _expiry.OnChange(new ObjectChange(EntityKey.Of(seen), null, seen, 1), this);

    private void Gone(string name) =>
        _expiry.OnChange(new ObjectChange(EntityKey.Of(Event(name, 0)), Event(name, 0), null, 2), this);

    private static Event Event(string name, int? lastSeen, int? created = 0) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", CreationTimestamp = created is { } at ? Noon.AddMinutes(at) : null,
        },
        LastTimestamp = lastSeen is { } seen ? Noon.AddMinutes(seen) : null,
    };
}
