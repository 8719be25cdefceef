using System.Diagnostics;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Two members' first words to each other, with the product's settings of TLS and transport.</summary>
public sealed class FirstWordsTests : IDisposable
{
    private const int Attempts = 3;

    private readonly string _directory = Directory.CreateTempSubdirectory("orchestrator-words-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>What is read while the certificate is still being checked is answered when the caller speaks again:
    /// with Akka's own interval (4 s) no attempt was faster than that. On a busy machine one may take longer for other
    /// reasons: the fastest one counts.</summary>
    [Fact]
    public async Task They_are_answered_before_silence_counts_although_a_certificate_takes_long_to_be_checked()
    {
        using var pki = Gateway.Security.Pki.Open(
            DataDirectory.PkiIn(_directory), [], TimeProvider.System, NullLoggerFactory.Instance);
        var settings = ServerSettings.From(HoconReader.Load(ServerSettings.ReferenceText(), [], _ => null));
        var akka = ConfigurationFactory.ParseString($"akka {settings.Akka}");
        var patience = akka.GetTimeSpan("akka.cluster.failure-detector.expected-response-after");
        var times = new List<TimeSpan>();
        for (var i = 0; i < Attempts; i++)
        {
            times.Add(await FirstAnswerAsync(pki, akka));
        }

        Assert.True(times.Min() < patience, $"{string.Join(", ", times)}; silent members count after {patience}");
    }

    private static async Task<TimeSpan> FirstAnswerAsync(Gateway.Security.Pki pki, Config akka)
    {
        using var called = Start(pki, akka, slowly: true);
        using var caller = Start(pki, akka, slowly: false);
        called.ActorOf(Props.Create<Echo>(), "echo");
        var place = ((ExtendedActorSystem)called).Provider.DefaultAddress;
        var began = Stopwatch.GetTimestamp();
        await caller.ActorSelection($"{place}/user/echo").Ask<string>(
            "?", TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return Stopwatch.GetElapsedTime(began);
    }

    private static ActorSystem Start(Gateway.Security.Pki pki, Config akka, bool slowly) => ActorSystem.Create(
        "orchestrator",
        ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
                """
                akka {
                  loglevel = OFF, stdout-loglevel = OFF, loggers = []
                  actor.provider = remote
                  remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
                }
                """).WithFallback(akka)),
            new DotNettySslSetup(
                pki.Member, suppressValidation: false, requireMutualAuthentication: true,
                (certificate, _, _, _, _) => (!slowly || Wait()) && pki.IsMember(certificate))));

    /// <summary>Longer than the caller's first word takes.</summary>
    private static bool Wait()
    {
        using var never = new ManualResetEventSlim();
        return !never.Wait(TimeSpan.FromMilliseconds(300), CancellationToken.None);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
