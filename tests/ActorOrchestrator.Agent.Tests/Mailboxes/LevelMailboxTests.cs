using ActorOrchestrator.Agent.Mailboxes;
using Akka.Actor;
using Akka.TestKit.Xunit;

namespace ActorOrchestrator.Agent.Tests.Mailboxes;

public sealed class LevelMailboxTests() : TestKit(
    """
    akka { loglevel = WARNING, test.single-expect-default = 30s }
    small-mailbox {
      mailbox-type = "ActorOrchestrator.Agent.Mailboxes.LevelMailbox, ActorOrchestrator.Agent", capacity = 2
    }
    """)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Says_once_that_messages_were_lost_behind_those_that_were_not()
    {
        var actor = Suspended();
        foreach (var number in Enumerable.Range(1, 10))
        {
            actor.Tell(new Expendable(number));
        }

        actor.Resume();

        ExpectMsg<Expendable>(told => told.Number == 1, cancellationToken: Cancellation);
        ExpectMsg<Expendable>(told => told.Number == 2, cancellationToken: Cancellation);
        ExpectMsg<MailboxOverflowed>(cancellationToken: Cancellation);
        actor.Tell("the end");
        ExpectMsg("the end", cancellationToken: Cancellation);
    }

    [Fact]
    public void Loses_nothing_but_what_is_expendable()
    {
        var actor = Suspended();
        foreach (var number in Enumerable.Range(1, 10))
        {
            actor.Tell(new Expendable(number));
            actor.Tell(number);
        }

        actor.Resume();

        var heard = ReceiveN(13, Cancellation).ToList();
        Assert.Equal(Enumerable.Range(1, 10), heard.OfType<int>());
        Assert.Equal([1, 2], heard.OfType<Expendable>().Select(told => told.Number));
        Assert.Single(heard.OfType<MailboxOverflowed>());
    }

    [Fact]
    public void Says_it_again_of_what_is_lost_after_it_was_heard()
    {
        var actor = Suspended();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            foreach (var number in Enumerable.Range(1, 3))
            {
                actor.Tell(new Expendable(number));
            }

            actor.Resume();
            ReceiveN(2, Cancellation);
            ExpectMsg<MailboxOverflowed>(cancellationToken: Cancellation);
            actor.Suspend();
        }

        actor.Tell("still there");
        actor.Resume();
        ExpectMsg("still there", cancellationToken: Cancellation);
    }

    [Fact]
    public void An_actor_that_keeps_up_hears_everything()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Relay(TestActor)).WithMailbox("small-mailbox"));
        foreach (var number in Enumerable.Range(1, 100))
        {
            actor.Tell(new Expendable(number));
            ExpectMsg<Expendable>(told => told.Number == number, cancellationToken: Cancellation);
        }
    }

    /// <summary>An actor that hears nothing until it is resumed.</summary>
    private IInternalActorRef Suspended()
    {
        var actor = (IInternalActorRef)Sys.ActorOf(
            Props.Create(() => new Relay(TestActor)).WithMailbox("small-mailbox"));
        actor.Tell("started");
        ExpectMsg("started", cancellationToken: Cancellation);
        actor.Suspend();
        return actor;
    }

    private sealed record Expendable(int Number) : IExpendable;

    private sealed class Relay(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(message);
    }
}
