using ActorOrchestrator.Gateway.Server;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>How loud a request is in the log.</summary>
public sealed class AccessLogTests
{
    [Theory]
    [InlineData("/api/v1/pods", 200, LogLevel.Debug)]
    [InlineData("/api/v1/pods", 404, LogLevel.Debug)]
    [InlineData("/api/v1/pods", 429, LogLevel.Warning)]
    [InlineData("/api/v1/pods", 503, LogLevel.Warning)]
    [InlineData("/api/v1/pods", 504, LogLevel.Warning)]
    [InlineData("/api/v1/pods", 500, LogLevel.Error)]
    [InlineData("/readyz", 500, LogLevel.Debug)]
    [InlineData("/livez/ping", 500, LogLevel.Debug)]
    public void Only_what_is_the_servers_fault_is_an_error(string path, int code, LogLevel level)
    {
        var levels = new Levels();
        new AccessLog(levels, TimeProvider.System).Served("GET", path, "user", code, TimeSpan.FromSeconds(1));
        Assert.Equal([level], levels.Heard);
    }

    [Fact]
    public void Many_refusals_are_a_few_lines()
    {
        var (lines, time) = (new Levels(), new Hand());
        var log = new AccessLog(lines, time);
        void Refuse(int code) => log.Served("GET", "/api/v1/pods", "user", code, TimeSpan.FromSeconds(1));
        Refuse(503);
        Refuse(503);
        Refuse(429);
        Refuse(503);
        time.Now += TimeSpan.FromSeconds(11);
        Refuse(503);
        time.Now += TimeSpan.FromSeconds(11);
        Refuse(503);
        Assert.Equal(
            [
                LogLevel.Warning, LogLevel.Debug, LogLevel.Warning, LogLevel.Debug, LogLevel.Warning, LogLevel.Warning,
            ],
            lines.Heard);
        Assert.Equal(
            "GET /api/v1/pods by user: 503 in 1000.0 ms, as 2 others since the last one shown", lines.Said[4]);
        Assert.Equal("GET /api/v1/pods by user: 503 in 1000.0 ms", lines.Said[5]);
    }

    private sealed class Hand : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Levels : ILogger<AccessLog>
    {
        public List<LogLevel> Heard { get; } = [];

        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Heard.Add(logLevel);
            Said.Add(formatter(state, exception));
        }
    }
}
