using System.Text;
using ActorOrchestrator.Agent.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Logs;

public sealed class LogReaderTests : IDisposable
{
    private const string Four =
        """
        2026-01-02T03:04:01.000000001Z stdout F one
        2026-01-02T03:04:02.000000002Z stderr P tw
        2026-01-02T03:04:03.000000003Z stderr F o
        2026-01-02T03:04:04.000000004Z stdout F 
        2026-01-02T03:04:05.000000005Z stdout F four

        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("logs-").FullName;
    private readonly LogReader _reader = new(TimeProvider.System, NullLogger<LogReader>.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_directory, "0.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<LogQuery, string> Queries => new()
    {
        { new(), "one|two||four|" },
        { new() { TailLines = 0 }, "" },
        { new() { TailLines = 1 }, "four|" },
        { new() { TailLines = 2 }, "|four|" },
        { new() { TailLines = 3 }, "two||four|" },
        { new() { TailLines = 99 }, "one|two||four|" },
        { new() { LimitBytes = 0 }, "" },
        { new() { LimitBytes = 5 }, "one|t" },
        { new() { LimitBytes = 5, TailLines = 1 }, "four|" },
        { new() { Since = At(2) }, "two||four|" },
        { new() { Since = At(5) }, "four|" },
        { new() { Since = At(59) }, "" },
        {
            new() { Timestamps = true, TailLines = 3 },
            "2026-01-02T03:04:02.000000002Z two|2026-01-02T03:04:04.000000004Z |2026-01-02T03:04:05.000000005Z four|"
        },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_log_is_read_as_asked(LogQuery query, string expected)
    {
        await File.WriteAllTextAsync(Log, Four, Cancellation);
        Assert.Equal(expected.Replace('|', '\n'), await ReadAsync(query));
    }

    [Fact]
    public async Task What_is_no_record_is_left_out_and_an_unfinished_one_waits()
    {
        var endless = new string('x', LogFile.RecordBytesMax * 2);
        await File.WriteAllTextAsync(
            Log, $"cut off\n{endless}\n2026-01-02T03:04:05Z stdout F good\n\n2026-01-02T03:04:05Z stdout F unfinished",
            Cancellation);
        Assert.Equal("good\n", await ReadAsync(new()));
        Assert.Equal("good\n", await ReadAsync(new() { TailLines = 1 }));
    }

    [Fact]
    public async Task A_long_log_comes_in_chunks_and_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(
            number => $"2026-01-02T03:04:05.000000000Z stdout F line {number} {new string('.', number % 90)}\n"));
        await File.WriteAllTextAsync(Log, text, Cancellation);
        var chunks = 0;
        var length = 0L;
        await foreach (var chunk in _reader.ReadAsync(Log, new LogQuery(), Ended, Cancellation))
        {
            chunks++;
            length += chunk.Length;
            Assert.InRange(chunk.Length, 1, 34 * 1024);
        }
        Assert.Equal(text.Length - (20_000 * "2026-01-02T03:04:05.000000000Z stdout F ".Length), length);
        Assert.True(chunks > 10, $"{chunks} chunks");
        Assert.Equal("line 19999 " + new string('.', 19) + "\n", await ReadAsync(new() { TailLines = 1 }));
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error_unless_followed()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync(new()));
        Assert.Equal("", await ReadAsync(new() { Follow = true }));
    }

    [Fact(Timeout = 120_000)]
    public async Task Following_shows_what_is_written_until_the_container_has_ended_and_crosses_rotation()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var running = true;
        var shown = new Lines(_reader.ReadAsync(
            Log, new LogQuery { Follow = true }, _ => Task.FromResult(Volatile.Read(ref running)), cancellation));
        var first = shown.NextAsync();
        Append("first\n");
        Assert.Equal("first", await first);
        Append("par");
        var second = shown.NextAsync();
        Append("tial\n");
        Assert.Equal("partial", await second);

        File.Move(Log, Log + ".20260102-030405");
        Append("late\n", Log + ".20260102-030405");
        Assert.Equal("late", await shown.NextAsync());
        Append("after\n");
        Assert.Equal("after", await shown.NextAsync());
        File.Move(Log, Log + ".20260102-030406");
        Append("last of the second\n", Log + ".20260102-030406");
        Append("first of the third\n");
        Assert.Equal("last of the second", await shown.NextAsync());
        Assert.Equal("first of the third", await shown.NextAsync());

        // Two rotations while the reader was away: what is between them is not lost.
        File.Move(Log, Log + ".20260102-030407");
        Append("second\n");
        File.Move(Log, Log + ".20260102-030408");
        Append("third\n");
        Assert.Equal("second", await shown.NextAsync());
        Assert.Equal("third", await shown.NextAsync());

        var end = shown.NextAsync();
        Append("last words\n");
        Volatile.Write(ref running, false);
        Assert.Equal("last words", await end);
        Assert.Null(await shown.NextAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_written_to_a_renamed_log_after_the_new_one_was_made_is_not_lost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var shown = new Lines(_reader.ReadAsync(
            Log, new LogQuery { Follow = true }, _ => Task.FromResult(true), cancellation));
        Append("first\n");
        Assert.Equal("first", await shown.NextAsync());
        var late = shown.NextAsync();
        File.Move(Log, Log + ".20260102-030405");
        await File.WriteAllTextAsync(Log, "", cancellation);

        // The reader has the time to look at both: a runtime that reopens a log makes the new file first.
        await Task.WhenAny(late, Task.Delay(300, cancellation));
        Append("late\n", Log + ".20260102-030405");
        Assert.Equal("late", await late);
        Append("after\n");
        Assert.Equal("after", await shown.NextAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_rotation_while_the_renamed_log_is_still_read_skips_nothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Append("first\n");
        await using var chunks = _reader.ReadAsync(
            Log, new LogQuery { Follow = true }, _ => Task.FromResult(true), cancellation)
            .GetAsyncEnumerator(cancellation);
        Assert.Equal("first\n", await NextAsync());
        Append("last of the first\n");
        File.Move(Log, Log + ".20260102-030405");
        Append("second\n");
        Assert.Equal("last of the first\n", await NextAsync());

        // The chunk is taken, and the reader has not gone on yet.
        File.Move(Log, Log + ".20260102-030406");
        Append("third\n");
        Assert.Equal("second\n", await NextAsync());
        Assert.Equal("third\n", await NextAsync());

        async Task<string> NextAsync() =>
            await chunks.MoveNextAsync() ? Encoding.UTF8.GetString(chunks.Current.Span) : "(end)";
    }

    [Fact(Timeout = 120_000)]
    public async Task Following_from_the_tail_and_ending_at_the_limit()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(Log, Four, cancellation);
        var query = new LogQuery { Follow = true, TailLines = 1, LimitBytes = 8 };
        var output = ReadAsync(query, _ => Task.FromResult(true));
        Append("more and more\n");
        Assert.Equal("four\nmor", await output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_that_goes_away_ends_a_follow()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(Log, Four, cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAsync(new LogQuery { Follow = true }, _ => Task.FromResult(true), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05.123456700Z stdout F a b", "2026-01-02T03:04:05.123456700Z|False|a b")]
    [InlineData("2026-01-02T03:04:05.1234567Z stderr P:x a", "2026-01-02T03:04:05.1234567Z|True|a")]
    [InlineData("2026-01-02T03:04:05+01:00 stdout F", "2026-01-02T03:04:05+01:00|False|")]
    [InlineData("2026-01-02T03:04:05Z stdin F x", null)]
    [InlineData("2026-01-02T03:04:05Z stdout G x", null)]
    [InlineData("2026-01-02T03:04:05Z stdout", null)]
    [InlineData("", null)]
    public void A_record_has_time_stream_tag_and_text(string record, string? expected)
    {
        var isRecord = CriLogLine.TryParse(Encoding.UTF8.GetBytes(record), out var line);
        var text = $"{Encoding.UTF8.GetString(line.Timestamp)}|{line.IsPartial}|{Encoding.UTF8.GetString(line.Text)}";
        Assert.Equal(expected, isRecord ? text : null);
    }

    [Fact]
    public void A_written_record_reads_back()
    {
        var at = new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1)).AddTicks(1_234_567);
        var record = CriLogLine.Format(at, "stderr", isPartial: true, "häh"u8);
        Assert.Equal("2026-01-02T03:04:05.123456700Z stderr P häh\n", Encoding.UTF8.GetString(record));
        Assert.True(
            CriLogLine.TryParse(record.AsSpan()[..^1], out var line) && line.TryTime(out var time) && time == at);
    }

    private static DateTimeOffset At(int second) => new(2026, 1, 2, 3, 4, second, TimeSpan.Zero);

    private static Task<bool> Ended(CancellationToken cancellation) => Task.FromResult(false);

    private void Append(string text, string? path = null)
    {
        var tag = text.EndsWith('\n') ? 'F' : 'P';
        File.AppendAllText(path ?? Log, $"2026-01-02T03:04:05.000000000Z stdout {tag} {text.TrimEnd('\n')}\n");
    }

    private async Task<string> ReadAsync(
        LogQuery query, Func<CancellationToken, Task<bool>>? isRunning = null, CancellationToken? cancellation = null)
    {
        var output = new StringBuilder();
        await foreach (var chunk in _reader.ReadAsync(Log, query, isRunning ?? Ended, cancellation ?? Cancellation))
        {
            output.Append(Encoding.UTF8.GetString(chunk.Span));
        }

        return output.ToString();
    }

    /// <summary>The lines of a stream of chunks, one at a time.</summary>
    private sealed class Lines(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _chunks = chunks.GetAsyncEnumerator(Cancellation);
        private string _waiting = "";

        /// <returns>Null at the end.</returns>
        public async Task<string?> NextAsync()
        {
            while (!_waiting.Contains('\n'))
            {
                if (!await _chunks.MoveNextAsync())
                {
                    return null;
                }

                _waiting += Encoding.UTF8.GetString(_chunks.Current.Span);
            }
            var line = _waiting[.._waiting.IndexOf('\n')];
            _waiting = _waiting[(line.Length + 1)..];
            return line;
        }
    }
}
