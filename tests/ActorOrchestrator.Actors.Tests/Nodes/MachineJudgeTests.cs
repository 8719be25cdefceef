using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Actors.Tests.Projections;
using ActorOrchestrator.Domain.Nodes;
using Akka.Actor;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Tests.Nodes;

/// <summary>What is said of machines that are connected to a member, by what their detectors say.</summary>
public sealed class MachineJudgeTests : ProjectionTestKit
{
    private const string Member = "10.0.0.1:7946#1";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly List<ScriptedDetector> _detectors = [];

    [Fact]
    public void A_machine_is_heard_then_silent_and_its_node_is_told_again_for_a_while()
    {
        var (judge, watch) = Start();
        var connection = watch.Open("n1");
        Assert.Equal($"n1 heard {Member}/1", Told(judge));
        Assert.Equal("", Told(judge));
        Pass(judge, 5 * Second);
        connection.Hear();
        Assert.Equal($"n1 heard {Member}/1", Told(judge));

        // One look alone says nothing.
        _detectors[0].IsHeard = false;
        Assert.Equal("", Told(judge));
        Assert.Equal($"n1 unheard {Member}/1", Told(judge));
        Assert.Equal("", Told(judge));
        Pass(judge, Second);
        Assert.Equal($"n1 unheard {Member}/1", Told(judge));
        Pass(judge, 15 * Second);
        Told(judge);
        Assert.Equal("", Told(judge));
        Assert.Empty(watch.Connections);
    }

    [Fact]
    public void Of_one_that_is_about_to_be_silent_it_is_not_said_that_it_is_heard()
    {
        var (judge, watch) = Start();
        watch.Open("n1");
        Told(judge);
        Pass(judge, 5 * Second);
        Assert.Equal("", Told(judge));
    }

    [Fact]
    public void One_that_ends_in_good_order_or_comes_again_is_not_missed()
    {
        var (judge, watch) = Start();
        watch.Open("n1").End();
        var former = watch.Open("n2");
        Told(judge);
        _detectors[0].IsHeard = _detectors[1].IsHeard = false;
        watch.Open("n2");
        Assert.Equal($"n2 heard {Member}/3", Told(judge));
        former.End();
        Assert.Single(watch.Connections);
        Told(judge);
        Assert.Equal("", Told(judge));
    }

    [Fact]
    public void A_member_of_a_minority_says_of_nobody_that_it_is_silent()
    {
        var (judge, watch) = Start(hearsMost: false);
        watch.Open("n1");
        Told(judge);
        _detectors[0].IsHeard = false;
        Told(judge);
        Pass(judge, Second);
        Assert.Equal("", Told(judge));
        judge.Tell(Seen(hearsMost: true));
        Assert.Equal($"n1 unheard {Member}/1", Told(judge));
    }

    private (IActorRef Judge, MachineWatch Watch) Start(bool hearsMost = true)
    {
        var watch = new MachineWatch(
            () =>
            {
                _detectors.Add(new ScriptedDetector());
                return _detectors[^1];
            },
            Member, Services.Time);
        var (region, time) = (Services.Region, Services.Time);
        var judge = Sys.ActorOf(Props.Create(() => new MachineJudge(watch, region, time)));
        judge.Tell(Seen(hearsMost));
        TakeIn(judge);
        return (judge, watch);
    }

    private static MembersSeen Seen(bool hearsMost) =>
        new(Speaks: false, new HashSet<string>(), new HashSet<string>()) { HearsMost = hearsMost };

    /// <summary>What the next look has it say.</summary>
    private string Told(IActorRef judge)
    {
        Pass(judge, Look);
        TakeIn(judge);
        var told = new List<string>();
        while (Region.HasMessages)
        {
            var envelope = Region.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation);
            told.Add(envelope.Message switch
            {
                MachineHeard heard => $"{envelope.To.Name} heard {heard.Connection}",
                MachineUnheard unheard => $"{envelope.To.Name} unheard {unheard.Connection}",
                var other => $"{other}",
            });
        }

        return string.Join(", ", told);
    }

    private sealed class ScriptedDetector : FailureDetector
    {
        public bool IsHeard { get; set; } = true;

        public override bool IsAvailable => IsHeard;

        public override bool IsMonitoring => true;

        public override void HeartBeat()
        {
        }
    }
}
