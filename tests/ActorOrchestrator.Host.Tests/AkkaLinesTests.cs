using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Tests;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Which of Akka's lines an operator sees, and how.</summary>
public sealed class AkkaLinesTests
{
    private const string Delayed = "Cluster Node [a] - Scheduled sending of heartbeat was delayed";

    [Theory]
    [InlineData("nodes: No coordinator found to register. Probably, no seed-nodes configured")]
    [InlineData("nodes: Trying to register to coordinator at [/system/sharding], but no acknowledgement")]
    [InlineData("Couldn't join seed nodes after [2] attempts, will try again")]
    [InlineData("AssociationError [a] -> b: Error [Connection refused b] []")]
    [InlineData("Disassociated")]
    [InlineData("TLS handshake failed on channel [a->b](Id=1)\nTLS handshake failed (Server side):\n  Error: wrong")]
    [InlineData("Mutual TLS required but client did not provide a certificate from b")]
    [InlineData("Failed to bind to 192.0.2.1:0; shutting down DotNetty transport.")]
    public void What_has_a_line_of_its_own_is_left_out(string text)
    {
        Assert.True(AkkaLines.IsLeftOut(Line(text), isAlone: false));
        Assert.False(AkkaLines.IsLeftOut(Line(text, isAkkas: false), isAlone: false));
    }

    [Theory]
    [InlineData("SBR took decision DownUnreachable")]
    [InlineData("Rejected incoming connection from [b] due to TLS handshake failure.")]
    [InlineData("TLS handshake failed on channel [a->b](Id=1)\nTLS handshake failed (Client side):\n  Error: wrong")]
    [InlineData("Marking node(s) as UNREACHABLE [a]")]
    [InlineData("AssociationError [a] -> b: Error [The remote system has quarantined this system] []")]
    public void What_happens_to_members_is_told(string text) =>
        Assert.False(AkkaLines.IsLeftOut(Line(text), isAlone: false));

    [Fact]
    public void Heartbeats_are_told_of_only_where_somebody_waits_for_them()
    {
        Assert.True(AkkaLines.IsLeftOut(Line(Delayed), isAlone: true));
        Assert.False(AkkaLines.IsLeftOut(Line(Delayed), isAlone: false));
    }

    [Fact]
    public void A_lost_peer_is_no_reason_for_a_stack()
    {
        Assert.False(AkkaLines.HasStack(Line("Error caught channel [a->b](Id=1)")));
        Assert.False(AkkaLines.HasStack(Line("AssociationError [a] -> b: Error [quarantined] []")));
        Assert.True(AkkaLines.HasStack(Line("something else")));
        Assert.True(AkkaLines.HasStack(Line("AssociationError of ours", isAkkas: false)));
    }

    /// <summary>A property of a message is shown behind it as well if the output template names it.</summary>
    [Fact]
    public void Behind_a_line_stands_nothing_of_its_own()
    {
        var words = new StringWriter();
        new MessageTemplateTextFormatter(Server.Line).Format(
            new LogEvent(
                DateTimeOffset.UnixEpoch, LogEventLevel.Warning, exception: null,
                new MessageTemplateParser().Parse("as {Hidden} others"),
                [new LogEventProperty("Hidden", new ScalarValue(6))]),
            words);
        Assert.EndsWith(" WRN as 6 others\n", words.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stranger_at_the_port_of_members_is_told_of_once_a_minute()
    {
        var time = new ManualTimeProvider();
        var lines = new StrangerLines(time);
        Assert.Equal([false, true, false, true, true],
            new[] { "10.0.0.7:4001", "10.0.0.7:4002", "10.0.0.8:4001", "10.0.0.7:4003", "10.0.0.8:4009" }
                .Select(from => lines.IsLeftOut(Rejected(from))));
        time.FireNext(time.GetUtcNow().AddMinutes(1));
        var later = Rejected("10.0.0.7:4004");
        Assert.False(lines.IsLeftOut(later));
        Assert.Equal(
            " So were 2 others since the last one shown.",
            Assert.IsType<ScalarValue>(later.Properties[StrangerLines.Hidden]).Value);
        Assert.False(lines.IsLeftOut(Line("Marking node(s) as UNREACHABLE [a]")));
        Assert.False(lines.IsLeftOut(Line("Marking node(s) as UNREACHABLE [a]")));

        static LogEvent Rejected(string from) => Line($"Rejected incoming connection from [{from}] due to TLS "
            + "handshake failure. This is likely invalid or malicious traffic.");
    }

    private static LogEvent Line(string text, bool isAkkas = true) => new(
        DateTimeOffset.UnixEpoch, LogEventLevel.Warning, null, new MessageTemplateParser().Parse("{Text:l}"),
        [
            new LogEventProperty("Text", new ScalarValue(text)),
            .. isAkkas ? [new LogEventProperty("LogSource", new ScalarValue("akka"))] : Array.Empty<LogEventProperty>(),
        ]);
}
