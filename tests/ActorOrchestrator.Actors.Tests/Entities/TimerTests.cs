using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>An entity's named timers, on virtual time.</summary>
public sealed class TimerTests : EntityTestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly DateTimeOffset _start;

    public TimerTests()
    {
        _start = Clock.Now;

        // A report with the uid "name:seconds" sets a timer, with "name:off" cancels it, and any other rings.
        Behavior.Rests = _ => false;
        Behavior.OnMessage = (_, message, _) => (message as ReportToOwner)?.Uid.Split(':') switch
        {
            [var name, "off"] => new Decision().CancelTimer(name),
            [var name, var at] => new Decision().SetTimer(
                name, _start.AddSeconds(int.Parse(at)), Rings($"{name} at {at}")),
            _ => null,
        };
    }

    private IEnumerable<string> Rang => Behavior.Seen.OfType<ReportToOwner>().Select(report => report.Uid)
        .Where(uid => !uid.Contains(':', StringComparison.Ordinal));

    [Fact]
    public void A_timer_rings_once_when_it_is_due()
    {
        Tell(Rings("t:10"));
        Settle();
        Pass(Second * 9);
        Assert.Empty(Rang);
        Pass(Second);
        Pass(Second * 60);
        Assert.Equal(["t at 10"], Rang);
    }

    [Fact]
    public void One_whose_time_is_past_rings_at_once()
    {
        Tell(Rings("t:-5"));
        Settle();
        Pass(Second);
        Assert.Equal(["t at -5"], Rang);
    }

    [Fact]
    public void A_timer_of_the_same_name_replaces_it_and_others_stay()
    {
        Tell(Rings("t:10"));
        Tell(Rings("u:11"));
        Tell(Rings("t:20"));
        Settle();
        Pass(Second * 15);
        Assert.Equal(["u at 11"], Rang);
        Pass(Second * 5);
        Assert.Equal(["u at 11", "t at 20"], Rang);
    }

    [Fact]
    public void A_cancelled_one_never_rings()
    {
        Tell(Rings("t:10"));
        Tell(Rings("t:off"));
        Tell(Rings("unknown:off"));
        Settle();
        Pass(Second * 60);
        Assert.Empty(Rang);
    }

    [Fact]
    public async Task One_that_rang_while_it_was_being_replaced_counts_for_nothing()
    {
        Store.Hold();
        Behavior.OnMessage = (_, message, _) => message switch
        {
            Create create => new Decision().Emit(new ObjectCreated(create.Object))
                .SetTimer("t", _start.AddSeconds(100), Rings("late")).Reply(new Reply.Accepted(create.Object)),
            ReportToOwner { Uid: "t:10" } => new Decision().SetTimer("t", _start.AddSeconds(10), Rings("early")),
            _ => null,
        };
        Tell(Rings("t:10"));
        Settle();
        Command(new Create(Map("1")));
        await Store.Begun.ReadAsync(Cancellation);

        // It rings behind the row that replaces it.
        Clock.Advance(Second * 10);
        Store.Release();
        Settle();
        Assert.Empty(Rang);
        Pass(Second * 90);
        Assert.Equal(["late"], Rang);
    }

    [Fact]
    public void One_that_is_due_in_more_than_an_hour_rings_when_it_is_due_and_no_earlier()
    {
        var due = (int)TimeSpan.FromHours(2.5).TotalSeconds;
        Tell(Rings($"t:{due}"));
        Settle();
        Pass(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromMinutes(29));
        Assert.Empty(Rang);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([$"t at {due}"], Rang);
    }

    [Fact]
    public void Timers_end_with_their_activation()
    {
        Tell(Rings("t:10"));
        Settle();
        Restart();
        Settle();
        Pass(Second * 60);
        Assert.Empty(Rang);
    }

    private static ReportToOwner Rings(string uid) => new(A, uid);
}
