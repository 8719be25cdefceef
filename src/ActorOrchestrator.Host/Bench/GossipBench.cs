using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using ActorOrchestrator.Host.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Bench;

/// <param name="Members">Processes, of this machine.</param>
/// <param name="Seconds">For how long nothing happens but what is measured.</param>
/// <param name="Kills">Members that are killed afterwards, one after the other.</param>
/// <param name="Slower">How many times as long as the product's all intervals of membership are.</param>
/// <param name="Pressure">All processors are busy, and so are the collectors of all members.</param>
internal sealed record GossipBenchOptions(int Members, int Seconds, int Kills, int Slower, bool Pressure);

/// <summary>
/// What membership costs, and how soon a killed member is missed: as many members as told, each a process of its own
/// with nothing but its membership, on loopback addresses, with the product's settings and TLS.
/// </summary>
internal sealed class GossipBench : IAsyncDisposable
{
    /// <summary>Processes that start at the same time take each other's processor.</summary>
    private const int StartsAtOnce = 4;

    private const string AlarmsText = "times a member heard that another one, which lived, was unreachable";

    private static readonly TimeSpan JoinBound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly List<Peer> _peers = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("orchestrator-gossip-").FullName;

    private readonly GossipBenchOptions _options;
    private readonly TextWriter _output;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _over = new();

    private GossipBench(GossipBenchOptions options, TextWriter output)
    {
        (_options, _output) = (options, TextWriter.Synchronized(output));
        for (var i = 0; options.Pressure && i < Environment.ProcessorCount; i++)
        {
            new Thread(() => { while (!_over.IsCancellationRequested) { } }) { IsBackground = true }.Start();
        }
    }

    /// <returns>Not 0: under pressure a member that lived was called unreachable.</returns>
    /// <exception cref="ServerStartException">The members did not become a cluster, or did not agree, in time.
    /// </exception>
    public static async Task<int> RunAsync(GossipBenchOptions options, TextWriter output, CancellationToken stop)
    {
        await using var bench = new GossipBench(options, output);
        await bench.StartAsync(stop);
        var up = Stopwatch.GetElapsedTime(bench._began).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{options.Members} members know each other after {up:0} s; meanwhile {bench.Alarms} {AlarmsText}"));
        var alarms = await bench.MeasureAsync(output, stop);
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

        return options.Pressure && alarms > 0 ? 1 : 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }

        _over.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private int Alarms => _peers.Sum(peer => peer.Alarms);

    private TimeSpan LossBound => _options.Slower * TimeSpan.FromSeconds(60);

    private async Task StartAsync(CancellationToken stop)
    {
        using (Gateway.Security.Pki.Open(
            DataDirectory.PkiIn(_directory), [], TimeProvider.System, NullLoggerFactory.Instance))
        {
            // Made once, for all.
        }

        _peers.Add(await Peer.StartAsync(_directory, seed: null, _options, Note, stop));
        while (_peers.Count < _options.Members)
        {
            _peers.AddRange(await Task.WhenAll(
                Enumerable.Range(0, Math.Min(StartsAtOnce, _options.Members - _peers.Count))
                    .Select(_ => Peer.StartAsync(_directory, _peers[0].Address, _options, Note, stop))));
            await UpAsync(_peers[0], stop);
        }

        foreach (var peer in _peers.Skip(1))
        {
            await UpAsync(peer, stop);
        }
    }

    /// <summary>Under pressure each alarm is told at once, and whose process stood still.</summary>
    private void Note(string line)
    {
        if (_options.Pressure)
        {
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  after {Stopwatch.GetElapsedTime(_began).TotalSeconds:0.0} s {line}"));
        }
    }

    private Task UpAsync(Peer peer, CancellationToken stop) => peer.UntilAsync(
        $"{_peers.Count} members are up", line => line == $"up {_peers.Count}", JoinBound, stop);

    /// <returns>False alarms.</returns>
    private async Task<int> MeasureAsync(TextWriter output, CancellationToken stop)
    {
        await Task.Delay(_options.Slower * Settle, stop);
        var alarms = Alarms;
        var began = Stopwatch.GetTimestamp();
        var before = await CountAsync(stop);
        await Task.Delay(TimeSpan.FromSeconds(_options.Seconds), stop);
        var count = await CountAsync(stop) - before;
        alarms = Alarms - alarms;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var each = seconds * _peers.Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a second and member: {count.Processor / each:0.0} ms of processor, {count.Sent / each:0} messages sent, "
            + $"{count.Received / each:0} received, {count.Bytes / each / 1024:0.0} KiB sent (without envelope, TLS)"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"all together: {count.Processor / seconds / 1000:0.00} of {Environment.ProcessorCount} processors, "
            + $"{count.Resident / _peers.Count / 1024 / 1024:0} MiB resident each"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a member's collector collected all {count.Collections / _peers.Count:0} times, and stopped it for "
            + $"{count.Paused / each:0.0} ms a second"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in {seconds:0} s {alarms} {AlarmsText}"));
        return alarms;
    }

    /// <summary>Of all members together.</summary>
    private async Task<GossipCount> CountAsync(CancellationToken stop)
    {
        var sum = new GossipCount(0, 0, 0, 0, 0, 0, 0);
        foreach (var peer in _peers)
        {
            sum += await peer.CountAsync(stop);
        }

        return sum;
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
        await Task.Delay(_options.Slower * Settle, stop);
    }

    private async Task<TimeSpan> SeenAsync(
        Peer peer, string what, Peer victim, long since, CancellationToken stop)
    {
        var prefix = $"{what} {victim.Address} ";
        var line = await peer.UntilAsync(
            $"{victim.Address} is {what}",
            each => each.StartsWith(prefix, StringComparison.Ordinal) && TimeOf(each) >= since, LossBound, stop);
        return Stopwatch.GetElapsedTime(since, TimeOf(line));

        long TimeOf(string told) => long.Parse(told.AsSpan(prefix.Length), CultureInfo.InvariantCulture);
    }

    /// <summary>A member's process.</summary>
    private sealed class Peer : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private readonly Task _reading;
        private int _alarms;

        private Peer(Process process, Action<string> note) =>
            (_process, _reading) = (process, ReadAsync(process, note));

        public string Address { get; private set; } = "";

        /// <summary>How often it found another one unreachable.</summary>
        public int Alarms => Volatile.Read(ref _alarms);

        public static async Task<Peer> StartAsync(
            string directory, string? seed, GossipBenchOptions options, Action<string> note, CancellationToken stop)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            };
            string[] arguments =
            [
                "bench", "gossip-member", "--data-dir", directory, "--slower", $"{options.Slower}",
                .. seed is null ? [] : (string[])["--seed", seed],
                .. options.Pressure ? (string[])["--pressure"] : [],
            ];
            arguments.ToList().ForEach(start.ArgumentList.Add);
            var peer = new Peer(Process.Start(start)!, note);
            const string prefix = "address ";
            var line = await peer.UntilAsync(
                "a member listens", each => each.StartsWith(prefix, StringComparison.Ordinal), JoinBound, stop);
            peer.Address = line[prefix.Length..];
            return peer;
        }

        public async Task<GossipCount> CountAsync(CancellationToken stop)
        {
            try
            {
                await _process.StandardInput.WriteLineAsync(ReadOnlyMemory<char>.Empty, stop);
                await _process.StandardInput.FlushAsync(stop);
            }
            catch (IOException)
            {
                // It has ended, which is what the next line says.
            }

            return GossipCount.Parse(await UntilAsync(
                "a member counts", each => each.StartsWith(GossipCount.Prefix, StringComparison.Ordinal), JoinBound,
                stop));
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

            throw new ServerStartException($"{what}: the member {Address} has ended (the others removed it)");
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _reading;
            _process.Dispose();
        }

        private async Task ReadAsync(Process process, Action<string> note)
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                var alarm = line.StartsWith("unreachable ", StringComparison.Ordinal);
                if (alarm)
                {
                    Interlocked.Increment(ref _alarms);
                }

                if (alarm || line.StartsWith("still ", StringComparison.Ordinal))
                {
                    note($"{Address}: {line}");
                }

                _lines.Writer.TryWrite(line);
            }

            _lines.Writer.Complete();
        }
    }
}
