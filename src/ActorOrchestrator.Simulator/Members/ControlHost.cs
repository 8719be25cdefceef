using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Sharding;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>One machine that control planes live on, one life after the other.</summary>
internal sealed class ControlHost(World world, ShardModel shards, string name) : IDisposable
{
    /// <summary>As with the product's own defaults: four in a row.</summary>
    private const int HeartbeatsMissed = 4;

    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(5);

    private bool _diesInCommit;

    public string Name => name;

    /// <summary>How many lives there were.</summary>
    public int Lives { get; private set; }

    /// <summary>The present life; null between two.</summary>
    public ControlMember? Member { get; private set; }

    /// <summary>What was trimmed away before the present life began: nothing in it can know what changed up to
    /// there.</summary>
    public long KnownFrom { get; private set; }

    public bool IsServing => Member is { Plane.IsServing: true, Process.IsFrozen: false };

    /// <summary>Wrongness of the wall clock; kept across lives.</summary>
    public TimeSpan Skew { get; private set; }

    /// <summary>Whether the time that the control plane goes by is right: after its clock was ahead and is right again,
    /// it takes twice as long to become so.</summary>
    public bool IsClockRight => Skew == TimeSpan.Zero
        && (Member is not { } member || member.Time.GetUtcNow() == world.Loop.Now);

    public void Start()
    {
        _diesInCommit = false;
        if (Member is not null)
        {
            return;
        }

        var life = $"{name}/{++Lives}";
        var process = world.NewProcess(name, life);
        process.Clock.Skew = Skew;
        KnownFrom = world.Tables.Floor;
        var store = new SimulatedJournalStore(
            world.Tables, process, world.Dice($"log/{life}"), () => world.LogWeather)
        {
            IsExclusive = world.IsJournalExclusive,
            IsReachable = () =>
                !world.Network.IsCut(name, World.Database) && !world.Network.IsCut(World.Database, name),
            OnFault = world.CountFault,
            OnCommit = DieIfTold,
        };
        var seed = world.Dice($"scheduler/{life}").Below(int.MaxValue);
        process.Enter(() =>
        {
            var member = new ControlMember(process, store, shards, new ControlSettings(
                world.Dice($"ids/{life}"), seed, world.Loggers)
            {
                SilenceMax = world.HeartbeatEvery * HeartbeatsMissed,
                RestartPatience = world.HeartbeatEvery * HeartbeatsMissed * 2,
                Tolerated = world.Tolerated,
                WatchWindowEvents = world.WatchWindowEvents,
                SnapshotEvery = world.SnapshotEvery,
                PassivateAfter = world.PassivateAfter,
            });
            Member = member;
            member.Journal.Writer.OnBehind = () => Fail(life, member.Journal.Writer.Health.Problem!);
            member.Start(refusal => Fail(life, refusal.Message));
        });
        world.Trace.Line("control", life, "starts");
        world.ForEachCheck(check => check.OnRestart());
    }

    /// <summary>The process ended by itself; whoever looks after it starts it again.</summary>
    private void Fail(string life, string problem)
    {
        world.Trace.Line("control", life, $"cannot go on: {problem}");
        Kill();
        world.Loop.After(RestartAfter, Start);
    }

    /// <summary>The cluster has given the present life up, and it has heard of that: it ends, and another
    /// begins.</summary>
    public void EndDowned()
    {
        world.Trace.Line("control", name, "was given up by the others, and ends");
        Kill();
        world.Loop.After(RestartAfter, Start);
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (Member is { } member)
        {
            Member = null;
            world.Trace.Line("control", member.Process.Name, "killed");
            member.Process.Kill();
            member.Dispose();
        }
    }

    /// <summary>kill -9 while the journal is at its next commit, unless another life is asked for before.</summary>
    public void KillInCommit() => _diesInCommit = Member is not null;

    private void DieIfTold()
    {
        if (_diesInCommit)
        {
            _diesInCommit = false;
            world.Loop.After(TimeSpan.FromTicks(1), Kill);
        }
    }

    public void Freeze() => Member?.Process.Freeze();

    public void Thaw() => Member?.Process.Thaw();

    public void SetSkew(TimeSpan skew)
    {
        Skew = skew;
        Member?.Process.Clock.Skew = skew;
    }

    public void Dispose() => Member?.Dispose();
}
