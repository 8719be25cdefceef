using System.Globalization;
using System.IO.Compression;
using System.Text;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Agent.Tests.Containerd;
using ActorOrchestrator.Agent.Tests.Cri;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Logs;

/// <summary>Logs as a real containerd writes them, rotated while it does.</summary>
public sealed class ContainerLogTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_follower_sees_every_line_across_rotations_and_the_files_stay_bounded()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var runtime = Fixture.NewRuntime("rotation");
        await using var pod = await PodOnContainerd.RunAsync(runtime, Fixture.Sandbox("talker"), cancellation);
        var config = ContainerdFixture.Container(
            "c", "sh", "-c", "for i in $(seq 3000); do echo line $i; done; sleep 0.5; "
            + "for i in $(seq 3001 6000); do echo line $i; done; sleep 0.5; echo the end");
        var id = await pod.StartAsync(config);
        var clock = new SteppingClock();
        var rotation = new LogRotation(
            runtime, new LogRotationSettings(BytesMax: 20_000, FilesMax: 3), clock, new FailingLogger());
        var logs = new ContainerLogs(runtime, new LogReader(TimeProvider.System, NullLogger<LogReader>.Instance));
        var (isRead, linesRead) = (new TaskCompletionSource(), 0);
        var following = ReadAsync(logs, id, new LogQuery { Follow = true }, lines =>
        {
            Interlocked.Add(ref linesRead, lines);
            isRead.TrySetResult();
        });

        // Who follows begins with the file that there is: what was rotated before that is not seen.
        await isRead.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        while (!following.IsCompleted)
        {
            // The newest renamed file is kept for who follows; the next rotation compresses it, and they lose it.
            if (Volatile.Read(ref linesRead) >= LastLineRotated(pod.LogOf(config)))
            {
                await rotation.RotateAllAsync(cancellation);
                clock.Step();
            }

            await Task.WhenAny(following, Task.Delay(100, cancellation));
        }

        var lines = (await following).Split('\n');
        var expected = Enumerable.Range(1, 6000).Select(number => $"line {number}").Append("the end").Append("");
        Assert.Equal(expected, lines);
        var files = Directory.GetFiles(Path.GetDirectoryName(pod.LogOf(config))!);
        Assert.InRange(files.Length, 2, 3);
        foreach (var packed in files.Where(name => name.EndsWith(".gz", StringComparison.Ordinal)))
        {
            await using var stream = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
            var text = await new StreamReader(stream).ReadToEndAsync(cancellation);
            Assert.StartsWith("line ", text.Split(' ', 4)[3], StringComparison.Ordinal);
        }
        Assert.Equal("the end\n", await ReadAsync(logs, id, new LogQuery { TailLines = 1 }));
        var gone = await Assert.ThrowsAsync<ContainerRuntimeException>(() => ReadAsync(logs, "nobody", new LogQuery()));
        Assert.Equal(RuntimeErrorKind.NotFound, gone.Kind);
    }

    private static async Task<string> ReadAsync(
        ContainerLogs logs, string id, LogQuery query, Action<int>? onChunk = null)
    {
        var output = new StringBuilder();
        await foreach (var chunk in logs.ReadAsync(id, query, Cancellation))
        {
            output.Append(Encoding.UTF8.GetString(chunk.Span));
            onChunk?.Invoke(chunk.Span.Count((byte)'\n'));
        }

        return output.ToString();
    }

    private static int LastLineRotated(string path) =>
        LogRotation.Uncompressed(path).Order(StringComparer.Ordinal).LastOrDefault() is { } newest
        && int.TryParse(File.ReadLines(newest).Last().Split(' ')[^1], CultureInfo.InvariantCulture, out var line)
            ? line
            : 0;

    /// <summary>Rotation logs its failures and goes on; here they fail the test.</summary>
    private sealed class FailingLogger : ILogger<LogRotation>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Assert.True(logLevel < LogLevel.Warning, formatter(state, exception));
    }

    /// <summary>Each rotation gets a second of its own, which its file's name is made of.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture);

        public void Step() => _now = _now.AddSeconds(1);

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
