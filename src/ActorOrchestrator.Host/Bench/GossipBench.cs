using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using ActorOrchestrator.Host.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Bench;

/// <param name="Members">Processes, of this machine.</param>
/// <param name="Seconds">For how long nothing happens but what is measured.</param>
/// <param name="Kills">Members that are killed afterwards, one after the other.</param>
internal sealed record GossipBenchOptions(int Members, int Seconds, int Kills);

/// <summary>
/// What membership costs, and how soon a killed member is missed: as many members as told, each a process of its own
/// with nothing but its membership, on loopback addresses, with the product's settings and TLS.
/// </summary>
internal sealed class GossipBench : IAsyncDisposable
{
    /// <summary>Processes that start at the same time take each other's processor.</summary>
    private const int StartsAtOnce = 4;

    private static readonly TimeSpan JoinBound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LossBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly List<Peer> _peers = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("orchestrator-gossip-").FullName;

    private GossipBench()
    {
    }

    /// <exception cref="ServerStartException">The members did not become a cluster, or did not agree, in time.
    /// </exception>
    public static async Task<int> RunAsync(GossipBenchOptions options, TextWriter output, CancellationToken stop)
    {
        await using var bench = new GossipBench();
        var began = Stopwatch.GetTimestamp();
        await bench.StartAsync(options.Members, stop);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{options.Members} members know each other after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        await bench.MeasureAsync(options, output, stop);
        var (first, last, gone) = (new Figures(), new Figures(), new Figures());
        for (var kill = 0; kill < options.Kills; kill++)
        {
            await bench.KillAsync(first, last, gone, stop);
        }

        if (options.Kills > 0)
        {
            output.WriteLine($"a killed one is unreachable for the first member after {first}");
            output.WriteLine($"                             for the last member after {last}");
            output.WriteLine($"                      removed for the last member after {gone}");
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync(int count, CancellationToken stop)
    {
        using (Gateway.Security.Pki.Open(
            DataDirectory.PkiIn(_directory), [], TimeProvider.System, NullLoggerFactory.Instance))
        {
            // Made once, for all.
        }

        _peers.Add(await Peer.StartAsync(_directory, seed: null, stop));
        while (_peers.Count < count)
        {
            _peers.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(StartsAtOnce, count - _peers.Count))
                .Select(_ => Peer.StartAsync(_directory, _peers[0].Address, stop))));
        }

        foreach (var peer in _peers)
        {
            await peer.UntilAsync($"{count} members are up", line => line == $"up {count}", JoinBound, stop);
        }
    }

    private async Task MeasureAsync(GossipBenchOptions options, TextWriter output, CancellationToken stop)
    {
        await Task.Delay(Settle, stop);
        var began = Stopwatch.GetTimestamp();
        var before = await CountAsync(stop);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), stop);
        var after = await CountAsync(stop);
        var each = Stopwatch.GetElapsedTime(began).TotalSeconds * _peers.Count;
        var rates = after.Zip(before, (now, then) => (now - then) / each).ToList();
        var alarms = _peers.Sum(peer => peer.Alarms);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a second and member: {rates[0] / 1000:0.0} ms of processor, {rates[1]:0} messages sent, "
            + $"{rates[2]:0} received, {rates[3] / 1024:0.0} KiB sent (without envelope and TLS)"));
        output.WriteLine($"{alarms} times a member that lived was called unreachable by another");
    }

    /// <summary>Of all members together.</summary>
    private async Task<IReadOnlyList<double>> CountAsync(CancellationToken stop)
    {
        var sums = new double[4];
        foreach (var peer in _peers)
        {
            var counts = await peer.CountAsync(stop);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += counts[i];
            }
        }

        return sums;
    }

    private async Task KillAsync(Figures first, Figures last, Figures gone, CancellationToken stop)
    {
        var victim = _peers[^1];
        _peers.Remove(victim);
        var killed = Stopwatch.GetTimestamp();
        await victim.DisposeAsync();
        var missed = await Task.WhenAll(_peers.Select(peer => SeenAsync(peer, "unreachable", victim, killed, stop)));
        first.Add(missed.Min());
        last.Add(missed.Max());
        gone.Add((await Task.WhenAll(_peers.Select(peer => SeenAsync(peer, "removed", victim, killed, stop)))).Max());
        await Task.Delay(Settle, stop);
    }

    private static async Task<TimeSpan> SeenAsync(
        Peer peer, string what, Peer victim, long since, CancellationToken stop)
    {
        var prefix = $"{what} {victim.Address} ";
        var line = await peer.UntilAsync(
            $"{victim.Address} is {what}", each => each.StartsWith(prefix, StringComparison.Ordinal), LossBound, stop);
        return Stopwatch.GetElapsedTime(since, long.Parse(line[prefix.Length..], CultureInfo.InvariantCulture));
    }

    /// <summary>A member's process.</summary>
    private sealed class Peer : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private readonly Task _reading;
        private int _alarms;

        private Peer(Process process) => (_process, _reading) = (process, ReadAsync(process));

        public string Address { get; private set; } = "";

        /// <summary>How often it found another one unreachable.</summary>
        public int Alarms => Volatile.Read(ref _alarms);

        public static async Task<Peer> StartAsync(string directory, string? seed, CancellationToken stop)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            };
            string[] arguments = ["bench", "gossip-member", "--data-dir", directory, .. seed is null ? [] :
                (string[])["--seed", seed]];
            arguments.ToList().ForEach(start.ArgumentList.Add);
            var peer = new Peer(Process.Start(start)!);
            const string prefix = "address ";
            var line = await peer.UntilAsync(
                "a member listens", each => each.StartsWith(prefix, StringComparison.Ordinal), JoinBound, stop);
            peer.Address = line[prefix.Length..];
            return peer;
        }

        public async Task<IReadOnlyList<double>> CountAsync(CancellationToken stop)
        {
            await _process.StandardInput.WriteLineAsync(ReadOnlyMemory<char>.Empty, stop);
            await _process.StandardInput.FlushAsync(stop);
            const string prefix = "count ";
            var line = await UntilAsync(
                "a member counts", each => each.StartsWith(prefix, StringComparison.Ordinal), LossBound, stop);
            return
            [
                .. line[prefix.Length..].Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)),
            ];
        }

        /// <summary>Skips what it says until then.</summary>
        /// <exception cref="ServerStartException">It does not say so in time, or ends.</exception>
        public async Task<string> UntilAsync(
            string what, Func<string, bool> isIt, TimeSpan bound, CancellationToken stop)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(bound);
            try
            {
                await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
                {
                    if (isIt(line))
                    {
                        return line;
                    }
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new ServerStartException(
                    $"{what}: the member {Address} did not say so within {bound.TotalSeconds:0} s");
            }

            throw new ServerStartException($"{what}: the member {Address} has ended");
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _reading;
            _process.Dispose();
        }

        private async Task ReadAsync(Process process)
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("unreachable ", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref _alarms);
                }

                _lines.Writer.TryWrite(line);
            }

            _lines.Writer.Complete();
        }
    }
}
