using System.Text.Json.Serialization;

namespace DbChatOps.Ledger;

/// <summary>What to bring in line. Five kinds, for ever few.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Converge), "converge")]
[JsonDerivedType(typeof(Show), "show")]
[JsonDerivedType(typeof(Tell), "tell")]
[JsonDerivedType(typeof(Dispatch), "dispatch")]
[JsonDerivedType(typeof(HandOver), "handover")]
public abstract record AgendaItem
{
    private AgendaItem()
    {
    }

    /// <summary>Make the server agree with what the ledger says of this grant's login.</summary>
    public sealed record Converge(GrantId Grant) : AgendaItem;

    /// <summary>Make the message in chat agree with the state; <paramref name="Card"/> is a card key such as <c>request:…</c>.</summary>
    public sealed record Show(string Card) : AgendaItem;

    /// <summary>Say one thing to one person, once. <paramref name="Notice"/> names the text, <paramref name="Subject"/> what it is about.</summary>
    public sealed record Tell(PersonId Person, string Notice, Subject Subject) : AgendaItem;

    /// <summary>Give this command to the decider, as the bot.</summary>
    public sealed record Dispatch(Command Command) : AgendaItem;

    /// <summary>The only effect that touches engine and chat together: password born, verifier set, view updated, forgotten.</summary>
    public sealed record HandOver(GrantId Grant, int Generation, string View) : AgendaItem;
}
