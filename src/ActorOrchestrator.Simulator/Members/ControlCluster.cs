using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>The control plane: one member or several on one journal.</summary>
internal sealed class ControlCluster : IDisposable
{
    private readonly World _world;
    private long _doubledThrough;

    public ControlCluster(World world, int members)
    {
        _world = world;
        Shards = new ShardModel(world.Loop, world.Network, world.Dice("shards"), () => world.ShardWeather)
        {
            OnTold = envelope => world.ForEachCheck(check => check.OnTold(envelope.To, envelope.Message)),
            OnFault = world.CountFault,
            OnDowned = EndDowned,
            OnDoublesOver = () => _doubledThrough = world.Tables.Last,
        };
        Hosts = [.. Enumerable.Range(1, members)
            .Select(number => new ControlHost(world, Shards, $"control-{number}"))];
    }

    public IReadOnlyList<ControlHost> Hosts { get; }

    public ShardModel Shards { get; }

    /// <summary>The one member, where a test has just one.</summary>
    public ControlHost Only => Hosts.Single();

    public int Lives => Hosts.Sum(host => host.Lives);

    public bool IsServing => Hosts.All(host => host.IsServing);

    public bool IsClockRight => Hosts.All(host => host.IsClockRight);

    /// <summary>Whether an entity may be active twice, or may have been and not know of it yet.</summary>
    public bool HasDoubles => Shards.DoubledAt == _world.Loop.Now || Hosts.Any(
        host => host.Member is { } member && member.Journal.Tail.Ordering < _doubledThrough);

    public void Start() => ForEach(static host => host.Start());

    public void Thaw() => ForEach(static host => host.Thaw());

    public void SetSkew(TimeSpan skew) => ForEach(host => host.SetSkew(skew));

    public void Dispose() => ForEach(static host => host.Dispose());

    private void EndDowned(SimulatedProcess process)
    {
        if (Hosts.FirstOrDefault(host => host.Member?.Process == process) is { } host)
        {
            host.EndDowned();
        }
    }

    private void ForEach(Action<ControlHost> each)
    {
        foreach (var host in Hosts)
        {
            each(host);
        }
    }
}

/// <summary>Which member a client or an agent talks to: the same one, until that does not answer.</summary>
internal sealed class MemberChoice(ControlCluster control, Dice dice)
{
    public ControlHost Host { get; private set; } = control.Hosts[dice.Below(control.Hosts.Count)];

    public ControlMember? Member => Host.Member;

    /// <summary>That one from now on.</summary>
    public void Take(ControlHost host) => Host = host;

    /// <summary>Another member, if there is one.</summary>
    public void Next()
    {
        var others = control.Hosts.Where(host => host != Host).ToList();
        Host = others.Count == 0 ? Host : dice.Pick(others);
    }
}
