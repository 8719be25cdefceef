using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary>The options of a member of the control plane, besides those of its machine.</summary>
internal sealed class MemberOptions
{
    private readonly Option<string[]> _listen = new("--listen")
    {
        Description = "Address and port of the API (default 0.0.0.0:6443); may be given several times.",
    };

    private readonly Option<string?> _address = new("--address")
    {
        Description = "Where members reach this machine: an address of it.",
    };

    private readonly Option<string?> _journal = new("--journal")
    {
        Description = "The PostgreSQL that all members share, as postgresql://USER@HOST/DATABASE. A password in it is "
            + "seen by all users of the machine; one in --journal-file, or in the environment "
            + "(ACTOR_ORCHESTRATOR_JOURNAL, or PGPASSWORD), is not.",
    };

    private readonly Option<string?> _journalFile = new("--journal-file")
    {
        Description = "A file with what --journal would be given.",
    };

    public void AddTo(Command command)
    {
        command.Add(_listen);
        command.Add(_address);
        command.Add(_journal);
        command.Add(_journalFile);
    }

    /// <summary>The settings that were given, each with its value in HOCON.</summary>
    public IReadOnlyList<(string Path, string Value)> Read(ParseResult result)
    {
        var journal = result.GetValue(_journal);
        Warn(journal);
        return
        [
            .. MachineOptions.Text("cluster.address", OwnAddress(result)),
            .. MachineOptions.Text("journal.connection", journal),
            .. MachineOptions.Text("journal.connection-file", result.GetValue(_journalFile)),
            .. result.GetValue(_listen) is { Length: > 0 } endpoints
                ? [("api.listen", HoconText.Quote(endpoints))]
                : Array.Empty<(string, string)>(),
        ];
    }

    /// <summary>Of a machine that only runs pods: it has no API and no journal, and members reach its node.</summary>
    /// <exception cref="SettingsException">What it has not was given.</exception>
    public IReadOnlyList<(string Path, string Value)> ReadOfNode(ParseResult result)
    {
        foreach (var option in new Option[] { _listen, _journal, _journalFile })
        {
            if (result.GetResult(option) is { Implicit: false })
            {
                throw new SettingsException($"{option.Name}: a machine that only runs pods has neither an API nor a "
                    + "journal (--address says where members reach it, --set control.listen=ADDRESS:PORT where it "
                    + "serves logs and streams to them)");
            }
        }

        return OwnAddress(result) is { } address
            ? [("node.addresses", HoconText.Quote([address]))]
            : [];
    }

    /// <summary>Another machine's would be told to the others, and they would not find this one there.</summary>
    private string? OwnAddress(ParseResult result)
    {
        var given = result.GetValue(_address);
        if (IPAddress.TryParse(given, out var address) && !IsOwn(address))
        {
            throw new SettingsException($"--address {given}: this machine has no such address; it has "
                + string.Join(", ", MachineAddresses.Read()));
        }

        return given;
    }

    /// <summary>Whether the kernel lets a socket have it.</summary>
    private static bool IsOwn(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port: 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Warn(string? journal)
    {
        if (journal is not null && JournalUrl.HasPassword(journal))
        {
            Console.Error.WriteLine("orchestrator: the password in --journal is seen by all users of this machine; "
                + "--journal-file or ACTOR_ORCHESTRATOR_JOURNAL keep it from them");
        }
    }
}
