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
        new AccessLog(levels).Served("GET", path, "user", code, TimeSpan.FromSeconds(1));
        Assert.Equal([level], levels.Heard);
    }

    private sealed class Levels : ILogger<AccessLog>
    {
        public List<LogLevel> Heard { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Heard.Add(logLevel);
    }
}
