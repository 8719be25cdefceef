using Akka.Actor;

namespace ActorOrchestrator.Agent.Mailboxes;

/// <summary>Stands in a full mailbox for all expendable messages that were lost since: their actor is to look at
/// everything again.</summary>
internal sealed class MailboxOverflowed : INoSerializationVerificationNeeded
{
    public static readonly MailboxOverflowed Instance = new();

    private MailboxOverflowed()
    {
    }
}
