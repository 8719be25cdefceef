using System.Diagnostics;
using System.Net;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Gateway.Tests.Support;
using Akka.Remote;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>The request that a machine keeps open to say that it lives.</summary>
public sealed class PulseTests : IAsyncLifetime
{
    private const int Machines = 200;

    private readonly List<CountingDetector> _detectors = [];
    private RunningGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await RunningGateway.StartAsync(
        machines: new MachineWatch(NewDetector, "10.0.0.1:7946#1", TimeProvider.System));

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Each_sign_of_life_is_counted_and_answered_and_the_end_of_the_machine_s_ends_it()
    {
        using var client = _gateway.NewClient(RunningGateway.NodeToken);
        await using var pulse = await Pulse.OpenAsync(client);
        Assert.NotNull(HeartbeatOffer.Parse(pulse.Offer));
        await pulse.SignAsync(3);
        Assert.True(Assert.Single(_detectors).Count >= 2);
        pulse.End();
        await pulse.EndsAsync();
    }

    [Fact]
    public async Task It_ends_when_the_member_stops()
    {
        using var client = _gateway.NewClient(RunningGateway.NodeToken);
        await using var pulse = await Pulse.OpenAsync(client);
        await pulse.SignAsync(1);
        var stopping = _gateway.Server.StopAsync();
        await pulse.EndsAsync();
        await stopping;
    }

    [Fact]
    public async Task Nobody_else_says_that_a_machine_lives_and_nobody_in_another_way()
    {
        foreach (var (token, code) in ((string?, int)[])
            [(null, 401), (RunningGateway.UserToken, 403), (RunningGateway.AdminToken, 400)])
        {
            using var client = _gateway.NewClient(token);
            Assert.Equal(code, (await _gateway.SendAsync("POST", "/pulse", "", client: client)).Code);
        }

        using var node = _gateway.NewClient(RunningGateway.NodeToken);
        var old = await _gateway.SendAsync("POST", "/pulse", "", client: node);
        Assert.Equal(400, old.Code);
        Assert.Contains("HTTP/2", old.Message, StringComparison.Ordinal);
        Assert.Equal(405, (await _gateway.SendAsync("PUT", "/pulse", "", client: _gateway.Client)).Code);
        Assert.Equal(400, (await _gateway.SendAsync("GET", "/pulse", client: _gateway.Client)).Code);
        Assert.Empty(_detectors);
    }

    /// <summary>Both ends are here, so what it costs a member is less than half of what is told.</summary>
    [Fact]
    public async Task Hundreds_of_machines_are_heard_each_on_a_connection_of_its_own()
    {
        var clients = Enumerable.Range(0, Machines)
            .Select(_ => _gateway.NewClient(RunningGateway.NodeToken)).ToList();
        var pulses = new List<Pulse>();
        foreach (var client in clients)
        {
            pulses.Add(await Pulse.OpenAsync(client));
        }

        const int signs = 20;
        var (before, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        for (var i = 0; i < signs; i++)
        {
            await Task.WhenAll(pulses.Select(pulse => pulse.SignAsync(1)));
        }

        var used = Environment.CpuUsage.TotalTime - before;
        TestContext.Current.SendDiagnosticMessage(
            $"{Machines * signs} signs of life took {used.TotalMicroseconds / (Machines * signs):0} us of processor "
            + $"each, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.00} s");
        Assert.Equal(Machines, _detectors.Count);
        Assert.All(_detectors, detector => Assert.True(detector.Count >= signs));
        foreach (var (pulse, client) in pulses.Zip(clients))
        {
            await pulse.DisposeAsync();
            client.Dispose();
        }
    }

    private CountingDetector NewDetector()
    {
        lock (_detectors)
        {
            _detectors.Add(new CountingDetector());
            return _detectors[^1];
        }
    }

    private sealed class CountingDetector : FailureDetector
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override bool IsAvailable => true;

        public override bool IsMonitoring => true;

        public override void HeartBeat() => Interlocked.Increment(ref _count);
    }

    /// <summary>A machine's end of the request.</summary>
    private sealed class Pulse : HttpContent, IAsyncDisposable
    {
        /// <summary>NO_ERROR of RFC 9113, section 7.</summary>
        private const long NoError = 0;

        private readonly TaskCompletionSource<Stream> _opened =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private HttpResponseMessage? _response;
        private Stream? _answers;

        public string Offer => _response!.Headers.GetValues(HeartbeatOffer.Header).Single();

        public static async Task<Pulse> OpenAsync(HttpClient client)
        {
            var pulse = new Pulse();
            var request = new HttpRequestMessage(HttpMethod.Post, "/pulse")
            {
                Content = pulse, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            pulse._response = await client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, pulse._response.StatusCode);
            pulse._answers = await pulse._response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            return pulse;
        }

        public async Task SignAsync(int times)
        {
            var signs = await _opened.Task;
            var buffer = new byte[1];
            for (var i = 0; i < times; i++)
            {
                await signs.WriteAsync("."u8.ToArray(), TestContext.Current.CancellationToken);
                await signs.FlushAsync(TestContext.Current.CancellationToken);
                await _answers!.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
            }
        }

        public void End() => _ended.TrySetResult();

        /// <summary>
        /// Kestrel, when it stops, now and then closes the connection, without an error, before the stream's end is
        /// written.
        /// </summary>
        public async Task EndsAsync()
        {
            var buffer = new byte[16];
            try
            {
                while (await _answers!.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
                {
                    // What was answered before.
                }
            }
            catch (HttpProtocolException closed) when (closed.ErrorCode == NoError)
            {
                // That says that the member has ended it, too.
            }
        }

        public ValueTask DisposeAsync()
        {
            End();
            _response?.Dispose();
            Dispose();
            return ValueTask.CompletedTask;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _opened.TrySetResult(stream);
            await _ended.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
