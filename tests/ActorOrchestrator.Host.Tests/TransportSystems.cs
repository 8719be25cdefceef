using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Actor systems that talk to each other as members do, with the product's settings of TLS and transport; each
/// has an actor <c>echo</c>.</summary>
internal sealed class TransportSystems : IDisposable
{
    private const int AsksMax = 15;

    private readonly string _directory = Directory.CreateTempSubdirectory("orchestrator-transport-").FullName;
    private readonly Pki _pki;

    public TransportSystems()
    {
        _pki = Pki.Open(DataDirectory.PkiIn(_directory), [], TimeProvider.System, NullLoggerFactory.Instance);
        var settings = ServerSettings.From(HoconReader.Load(ServerSettings.ReferenceText(), [], _ => null));
        Settings = ConfigurationFactory.ParseString($"akka {settings.Akka}");
    }

    /// <summary>Akka's, as the product sets them.</summary>
    public Config Settings { get; }

    /// <param name="check">Is called before a caller's certificate is looked at.</param>
    /// <param name="port">Where it listens; 0: anywhere.</param>
    /// <param name="publicPort">By which the others know it; 0: where it listens.</param>
    public ActorSystem Start(Action? check = null, int port = 0, int publicPort = 0)
    {
        var system = ActorSystem.Create(
            "orchestrator",
            ActorSystemSetup.Create(
                BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
                    $$"""
                    akka {
                      loglevel = OFF, stdout-loglevel = OFF, loggers = []
                      remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}}, public-port = {{publicPort}} }
                    }
                    """).WithFallback(Settings)),
                new DotNettySslSetup(
                    _pki.Member, suppressValidation: false, requireMutualAuthentication: true,
                    (certificate, _, _, _, _) =>
                    {
                        check?.Invoke();
                        return _pki.IsMember(certificate);
                    })));
        system.ActorOf(Props.Create<Echo>(), "echo");
        return system;
    }

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <exception cref="AskTimeoutException">It did not answer in time.</exception>
    public static Task AskAsync(ActorSystem from, Address to, TimeSpan patience) =>
        from.ActorSelection($"{to}/user/echo").Ask<string>("?", patience, TestContext.Current.CancellationToken);

    /// <summary>What was said while a connection was replaced is lost, and is said again.</summary>
    public static async Task AskUntilAnsweredAsync(ActorSystem from, Address to)
    {
        for (var asked = 0; asked < AsksMax; asked++)
        {
            if (await Record.ExceptionAsync(() => AskAsync(from, to, TimeSpan.FromSeconds(1))) is null)
            {
                return;
            }
        }

        Assert.Fail($"{to} answers {AddressOf(from)} nothing, asked {AsksMax} times");
    }

    public void Dispose()
    {
        _pki.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
