using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Tests.Projections;

/// <summary>Who is woken, and when.</summary>
public sealed class WakerTests : ProjectionTestKit
{
    private const int AtOnceMax = 500;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public async Task When_it_starts_it_wakes_what_is_not_at_rest_and_nothing_else()
    {
        await PutAsync(Set("c", ready: 1));
        await PutAsync(Set("a", ready: 0));
        await PutAsync(Set("none", ready: 0, wanted: 0));
        await PutAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "m", Namespace = "default" } });
        Assert.Equal("a c", Woken(Start()));
    }

    [Fact]
    public async Task A_sweep_wakes_what_is_not_at_rest_by_then()
    {
        await PutAsync(Set("a", ready: 0, wanted: 0));
        await PutAsync(Set("b", ready: 1));
        await PutAsync(Set("c", ready: 1));
        var waker = Start();
        Assert.Equal("b c", Woken(waker));
        await PutAsync(Set("a", ready: 0, wanted: 1));
        await PutAsync(Set("b", ready: 0, wanted: 0));
        await RemoveAsync(Set("c", ready: 1));
        Pass(waker, Sweep - Milliseconds(1));
        Assert.Equal("", Woken(waker));
        Pass(waker, Milliseconds(1));
        Assert.Equal("a", Woken(waker));
        Pass(waker, Sweep);
        Assert.Equal("a", Woken(waker));
    }

    [Fact]
    public async Task A_lost_member_has_all_of_them_woken()
    {
        await PutAsync(Set("rests", ready: 1, wanted: 1));
        await PutAsync(Set("restless", ready: 0));
        var waker = Start();
        Assert.Equal("restless", Woken(waker));
        waker.Tell(MemberLost.Instance, ActorRefs.NoSender);
        Assert.Equal("restless", Woken(waker));
    }

    [Fact]
    public void One_that_stopped_is_woken_after_a_pause_that_doubles_while_it_stops_again()
    {
        var waker = Start();
        foreach (var pause in new[] { 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000 })
        {
            waker.Tell(new EntityStopped(KeyOf("a")), ActorRefs.NoSender);
            Pass(waker, Milliseconds(pause - 1));
            Assert.Equal("", Woken(waker));
            Pass(waker, Milliseconds(1));
            Assert.Equal("a", Woken(waker));
        }

        // It lived for a while, so this is a new reason; the pause of one is not another's.
        Pass(waker, Sweep);
        waker.Tell(new EntityStopped(KeyOf("b")), ActorRefs.NoSender);
        waker.Tell(new EntityStopped(KeyOf("a")), ActorRefs.NoSender);
        Pass(waker, Milliseconds(100));
        Assert.Equal("b a", Woken(waker));
    }

    [Fact]
    public async Task So_many_are_woken_at_once_and_the_others_a_moment_later()
    {
        for (var i = 0; i < AtOnceMax + 1; i++)
        {
            await PutAsync(Set($"s{i:000}", ready: 0));
        }

        var waker = Start();
        Assert.Equal(AtOnceMax, Woken(waker).Split(' ').Length);
        Pass(waker, Milliseconds(49));
        Assert.Equal("", Woken(waker));
        Pass(waker, Milliseconds(1));
        Assert.Equal($"s{AtOnceMax}", Woken(waker));
        Pass(waker, Milliseconds(500));
        Assert.Equal("", Woken(waker));
    }

    private IActorRef Start()
    {
        var services = Services;
        var started = Sys.ActorOf(Props.Create(() => new Waker(services)));
        TakeIn(started);
        return started;
    }
}
