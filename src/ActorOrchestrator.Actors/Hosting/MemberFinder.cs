using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Has a member find the others by the table that all of them keep up to date, and tells them that it lives.
/// <code>
///   start ─ others in the table? ─yes─► ask them to be let in ──► member, beats every second
///                │ none but left ones        │ none answers or beats for Silence      │ a newer incarnation
///                └──────────► begin a cluster: the next incarnation, taken by one ◄──┘ └► ends: it was given up
/// </code>
/// So any member may begin the cluster when all were down, and no two ever begin one each. Members that were cut off
/// from the table while somebody began another one end themselves as soon as they see it again.
/// </summary>
/// <param name="table">Where the members are.</param>
/// <param name="self">This member; its address is that of its actor system.</param>
/// <param name="finds">Whether it finds the others so; otherwise Akka's seeds are told, and it only says that it
/// lives.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what happens once.</param>
public sealed partial class MemberFinder(
    IMemberTable table, MemberRow self, bool finds, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>For so long nobody may have been heard of before a cluster is begun anew: several beats.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than Akka needs to be let in by one that answers.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ending = new();
    private MemberRow _self = self;
    private Task _work = Task.CompletedTask;

    /// <summary>Whom it looks for, for people; null when it looks for nobody.</summary>
    public string? LooksFor { get; private set; } = finds ? "the database to name the members" : null;

    /// <summary>Why it has ended its actor system; null when it has not.</summary>
    public string? EndedBecause { get; private set; }

    /// <summary>Begins to look, and goes on until <see cref="StopAsync"/>.</summary>
    /// <param name="system">The member's.</param>
    /// <param name="joined">Ends when it belongs to a cluster.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="JournalException">The database does not answer.</exception>
    public async Task StartAsync(ActorSystem system, Task joined, CancellationToken cancellation)
    {
        await table.PrepareAsync(cancellation);
        var address = Cluster.Get(system).SelfAddress;
        _self = _self with { Address = $"{address.Host}:{address.Port}" };
        _work = WorkAsync(system, joined, _ending.Token);
    }

    /// <summary>When the member has left the cluster: says so.</summary>
    public Task StopAsync()
    {
        _ending.Cancel();
        return LeaveAsync();
    }

    public void Dispose() => _ending.Dispose();

    private async Task LeaveAsync()
    {
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (EndedBecause is null)
        {
            using var bound = new CancellationTokenSource(LeaveWithin, time);
            await table.LeaveAsync(_self.Address, bound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(ActorSystem system, Task joined, CancellationToken cancellation)
    {
        var incarnation = finds ? await FindAsync(Cluster.Get(system), joined, cancellation) : null;
        if (!finds)
        {
            await joined.WaitAsync(cancellation);
        }

        var isFirst = true;
        while (true)
        {
            var counts = await TryAsync<bool?>(
                async () => await table.BeatAsync(_self, incarnation, isFirst, cancellation), null);
            isFirst &= counts is null;
            if (counts == false)
            {
                EndedBecause = "the other members have begun the cluster anew while this one could not reach the "
                    + "database; start it again to join them";
                LogGivenUp(logger);
                _ = system.Terminate();
                return;
            }

            await Task.Delay(BeatEvery, time, cancellation);
        }
    }

    /// <returns>The incarnation that it is a member of.</returns>
    private async Task<long?> FindAsync(Cluster cluster, Task joined, CancellationToken cancellation)
    {
        var watch = new Watch(time);
        long? asked = null;
        string[] seeds = [];
        while (true)
        {
            if (await TryAsync<MemberList?>(async () => await table.ReadAsync(cancellation), null) is not { } list)
            {
                LooksFor = "the database to answer";
                watch.Reset();
            }
            else if (joined.IsCompleted)
            {
                return list.Incarnation;
            }
            else
            {
                var others = list.Members.Where(each => each.Address != _self.Address && !each.HasLeft).ToList();
                if (others.Count == 0 || watch.IsSilent(list.Incarnation, others))
                {
                    if (await BeginAsync(cluster, list.Incarnation, Watch.LastHeard(others), cancellation) is { } begun)
                    {
                        return begun;
                    }
                }
                else if (!others.Select(each => each.Address).SequenceEqual(seeds)
                    || asked is not { } at || time.GetElapsedTime(at) > AskAgainAfter)
                {
                    (asked, seeds) = (time.GetTimestamp(), [.. others.Select(each => each.Address)]);
                    LooksFor = $"one of {string.Join(", ", seeds)}";
                    cluster.JoinSeedNodes(seeds.Select(seed => AddressOf(cluster, seed)));
                }
            }

            await Task.WhenAny(joined, Task.Delay(LookAgainAfter, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<long?> BeginAsync(
        Cluster cluster, long incarnation, DateTimeOffset? lastHeard, CancellationToken cancellation)
    {
        var begun = await TryAsync(() => table.BeginAsync(_self, incarnation, lastHeard, cancellation), null);
        if (begun is { } taken)
        {
            LogBegins(logger, taken);
            cluster.Join(cluster.SelfAddress);
        }

        return begun;
    }

    private static Address AddressOf(Cluster cluster, string member)
    {
        var colon = member.LastIndexOf(':');
        return cluster.SelfAddress.WithHost(member[..colon]).WithPort(int.Parse(member.AsSpan(colon + 1)));
    }

    /// <summary>When the database does not answer it is asked again soon.</summary>
    private static async Task<T> TryAsync<T>(Func<Task<T>> ask, T otherwise)
    {
        try
        {
            return await ask();
        }
        catch (JournalException)
        {
            return otherwise;
        }
    }

    [LoggerMessage(1042, LogLevel.Information, "No other member lives: this one begins the cluster ({Incarnation})")]
    private static partial void LogBegins(ILogger log, long incarnation);

    [LoggerMessage(1043, LogLevel.Error, "Other members have begun the cluster anew without this one: it ends")]
    private static partial void LogGivenUp(ILogger log);

    /// <summary>For how long nobody has been heard of, by this machine's own clock.</summary>
    private sealed class Watch(TimeProvider time)
    {
        private (long Incarnation, DateTimeOffset? Heard)? _known;
        private long _since;

        public void Reset() => _known = null;

        public static DateTimeOffset? LastHeard(IReadOnlyList<MemberRow> others) =>
            others.Count == 0 ? null : others.Max(each => each.Seen);

        public bool IsSilent(long incarnation, IReadOnlyList<MemberRow> others)
        {
            var now = (incarnation, LastHeard(others));
            if (_known != now)
            {
                (_known, _since) = (now, time.GetTimestamp());
            }

            return time.GetElapsedTime(_since) >= Silence;
        }
    }
}
