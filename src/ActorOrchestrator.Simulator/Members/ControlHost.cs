using ActorOrchestrator.Runtime;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>The machine that control planes live on, one life after the other.</summary>
internal sealed class ControlHost(World world, string name) : IDisposable
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

    /// <summary>What was compacted away before the present life began: nothing in it can know what changed up to
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
        KnownFrom = world.Store.CompactedThrough;
        var log = new SimulatedLog(world.Store, process, world.Dice($"log/{life}"), () => world.LogWeather)
        {
            OnFault = world.CountFault,
            OnCommit = DieIfTold,
        };
        var seed = world.Dice($"scheduler/{life}").Below(int.MaxValue);
        process.Enter(() =>
        {
            Member = new ControlMember(process, log, new ControlSettings(
                world.Dice($"ids/{life}"), seed, world.Loggers)
            {
                SilenceMax = world.HeartbeatEvery * HeartbeatsMissed,
                WatchWindowEvents = world.WatchWindowEvents,
            });
            Member.Start(refusal => Fail(life, refusal));
        });
        world.Trace.Line("control", life, "starts");
        world.ForEachCheck(check => check.OnRestart());
    }

    /// <summary>The process ended by itself; whoever looks after it starts it again.</summary>
    private void Fail(string life, LogException refusal)
    {
        world.Trace.Line("control", life, $"cannot start: {refusal.Message}");
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

    /// <summary>kill -9 while the log is at its next commit, unless another life is asked for before.</summary>
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
