using System.Net;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Server;
using Microsoft.AspNetCore.Http;
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

    [Fact]
    public void A_stranger_is_told_of_once_a_minute_with_what_it_asked_and_why_it_was_refused()
    {
        var (lines, time) = (new Levels(), new Hand());
        var log = new AccessLog(lines, time);
        void Refuse(string from, string path) =>
            log.Refused(Request(from, path), Identity.Anonymous, Statuses.Unauthorized());
        Refuse("10.0.0.9", "/api/v1/secrets");
        Refuse("10.0.0.9", "/api/v1/pods");
        Refuse("10.0.0.8", "/api/v1/pods");
        var guess = Request("10.0.0.9", "/api/v1/pods");
        guess.Request.Headers.Authorization = "Bearer guess";
        log.Refused(guess, Identity.Anonymous, Statuses.Unauthorized());
        time.Now += TimeSpan.FromSeconds(61);
        Refuse("10.0.0.9", "/api/v1/nodes");
        Assert.Equal(
            [
                "GET /api/v1/secrets by nobody (no certificate and no token) from 10.0.0.9 was refused: 401 "
                    + "Unauthorized",
                "GET /api/v1/pods by nobody (no certificate and no token) from 10.0.0.8 was refused: 401 Unauthorized",
                "GET /api/v1/pods by nobody (no valid token) from 10.0.0.9 was refused: 401 Unauthorized",
                "GET /api/v1/nodes by nobody (no certificate and no token) from 10.0.0.9 was refused: 401 "
                    + "Unauthorized; so were 1 others since the last one shown",
            ],
            lines.Said);
        Assert.All(lines.Heard, level => Assert.Equal(LogLevel.Warning, level));
    }

    [Fact]
    public void What_a_stranger_shows_is_not_in_the_log_and_what_it_writes_is_no_line_of_its_own()
    {
        var lines = new Levels();
        var log = new AccessLog(lines, TimeProvider.System);
        var request = Request("10.0.0.9", "/api\n2026 INF all is well");
        request.Request.Headers.Authorization = "Bearer abcdef.0123456789abcdeg";
        log.Refused(request, Identity.Anonymous, Statuses.Unauthorized());
        Assert.Equal(
            "GET /api?2026 INF all is well by nobody (no valid token) from 10.0.0.9 was refused: 401 Unauthorized",
            Assert.Single(lines.Said));
    }

    [Fact]
    public void So_many_strangers_that_they_cannot_be_told_apart_are_one()
    {
        var time = new Hand();
        var lines = new SparseLines<int>(TimeSpan.FromMinutes(1), -1, time);
        for (var kind = 0; kind < SparseLines<int>.KindsMax; kind++)
        {
            Assert.Equal(0, lines.Show(kind));
        }

        Assert.Null(lines.Show(1));
        Assert.Equal(0, lines.Show(1000));
        Assert.Null(lines.Show(1001));
        time.Now += TimeSpan.FromSeconds(61);

        // Of all that are forgotten now two were left out.
        Assert.Equal(0, lines.Show(1002));
        Assert.Equal(2, lines.Show(-1));
    }

    private static DefaultHttpContext Request(string from, string path)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(from);
        (http.Request.Method, http.Request.Path) = ("GET", path);
        return http;
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
